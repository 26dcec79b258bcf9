/**
 * Makes what an instance can change outside of its memory readable and writable from outside: its mutable globals are
 * exported. Modules that could change anything else (a table, a segment) are not offered for a second use.
 */
import { extended, fromSections, leb, readLeb, SECTION, type Section, utf8, writeSections } from './binary'
import { countImports } from './count-imports'
import { readInstruction } from './instructions'
import { rewriteCode } from './rewrite-code'

/** Prefix of the exports that are a module's globals. */
export const GLOBAL_PREFIX = 'pf:global:'

const I32 = 0x7f
const I64 = 0x7e
const END = 0x0b

/** The module with its mutable globals exported; undefined when its instances can't be put back by these alone. */
export function revealState(module: Uint8Array): Uint8Array | undefined {
  return fromSections(module, reveal)
}

function reveal(sections: Section[]): Uint8Array | undefined {
  const find = (id: number) => sections.find((section) => section.id === id)
  const code = find(SECTION.code)
  if (find(SECTION.start)) return undefined
  if (code) {
    const { use } = rewriteCode(code)
    if (use.data > 0 || use.table > 0) return undefined
  }
  const globals = find(SECTION.global)
  const mutable = globals ? mutableGlobals(globals) : []
  if (!mutable) return undefined
  if (mutable.length === 0) return writeSections(sections)
  const imports = find(SECTION.import)
  const imported = imports ? countImports(imports)?.globals : 0
  if (imported === undefined) return undefined
  const entries = mutable.flatMap((index) => [...utf8(GLOBAL_PREFIX + index), 3, ...leb(imported + index)])
  const revealed = extended(
    find(SECTION.export) ?? { id: SECTION.export, body: Uint8Array.of(0) },
    mutable.length,
    entries,
  )
  return writeSections(withExports(sections, revealed))
}

/** Sections stand in the order of their numbers, custom ones aside. */
function withExports(sections: Section[], exports: Section): Section[] {
  if (sections.some(({ id }) => id === SECTION.export))
    return sections.map((section) => (section.id === SECTION.export ? exports : section))
  const after = sections.findIndex(({ id }) => id > SECTION.export)
  return after < 0 ? [...sections, exports] : sections.toSpliced(after, 0, exports)
}

/** Indices of the mutable globals a module defines; undefined when one is of a kind that can't be set exactly from outside. */
function mutableGlobals({ body }: Section): number[] | undefined {
  const found: number[] = []
  const [count, first] = readLeb(body, 0)
  let at = first
  for (let index = 0; index < count; index++) {
    const type = body[at] as number
    const mutable = body[at + 1]
    if (mutable !== 0 && mutable !== 1) return undefined
    if (mutable === 1) {
      if (type !== I32 && type !== I64) return undefined
      found.push(index)
    }
    at += 2
    while (body[at] !== END) at = readInstruction(body, at).next
    at++
  }
  return found
}
