import { concat, leb, readLeb, type Section, skipLeb } from './binary'
import { readInstruction } from './instructions'

/** What a module's code does with its memory and its tables. */
export interface CodeUse {
  size: number
  grow: number
  /** `memory.init` and `data.drop`, which need the data segments to stay. */
  data: number
  /** Writes to tables, and what drops their segments. */
  table: number
}

/** Walks over every instruction; `replace` gives the bytes that stand in for `memory.size` and `memory.grow`. */
export function rewriteCode(
  section: Section,
  replace?: { size: number[]; grow: number[] },
): { body: Uint8Array[]; count: number; use: CodeUse } {
  const use: CodeUse = { size: 0, grow: 0, data: 0, table: 0 }
  const [count, first] = readLeb(section.body, 0)
  const body: Uint8Array[] = []
  let at = first
  for (let index = 0; index < count; index++) {
    const [length, start] = readLeb(section.body, at)
    const end = start + length
    const rewritten = rewriteFunction(section.body, start, end, use, replace)
    body.push(
      rewritten ? concat([Uint8Array.from(leb(rewritten.byteLength)), rewritten]) : section.body.subarray(at, end),
    )
    at = end
  }
  return { body, count, use }
}

/** A function's new bytes, or undefined when it stays as it is. */
function rewriteFunction(
  code: Uint8Array,
  start: number,
  end: number,
  use: CodeUse,
  replace: { size: number[]; grow: number[] } | undefined,
): Uint8Array | undefined {
  const [groups, first] = readLeb(code, start)
  let at = first
  for (let index = 0; index < groups; index++) at = skipLeb(code, at) + 1
  const parts: Uint8Array[] = []
  let copied = start
  while (at < end) {
    const { next, kind } = readInstruction(code, at)
    if (kind !== 'other') {
      use[kind]++
      if (replace && (kind === 'size' || kind === 'grow')) {
        parts.push(code.subarray(copied, at), Uint8Array.from(replace[kind]))
        copied = next
      }
    }
    at = next
  }
  if (parts.length === 0) return undefined
  parts.push(code.subarray(copied, end))
  return concat(parts)
}
