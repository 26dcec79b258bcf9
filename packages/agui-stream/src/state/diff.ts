import type { JsonObject, JsonPatchOperation, JsonValue } from '@pf-agents/agent-core'
import { escapeSegment, isEqual } from './json-patch'

/** Operations beyond which the document itself is the shorter way to say it. */
const operationLimit = 500

/** The JSON Patch that makes one value of another; `undefined` where the value itself should be told. */
export function diff(before: JsonValue, after: JsonValue): JsonPatchOperation[] | undefined {
  const operations: JsonPatchOperation[] = []
  return compare(before, after, '', operations) ? operations : undefined
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** False where a patch is not the way. */
function compare(before: JsonValue, after: JsonValue, path: string, out: JsonPatchOperation[]): boolean {
  if (before === after) return true
  if (out.length > operationLimit) return false
  if (isObject(before) && isObject(after)) return compareObjects(before, after, path, out)
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path, out)
  if (path === '') return false
  out.push({ op: 'replace', path, value: after })
  return true
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, out: JsonPatchOperation[]): boolean {
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) continue
    if (key === '__proto__') return false
    out.push({ op: 'remove', path: `${path}/${escapeSegment(key)}` })
  }
  for (const [key, value] of Object.entries(after)) {
    const place = `${path}/${escapeSegment(key)}`
    if (key === '__proto__' || key === 'prototype') return false
    if (!Object.hasOwn(before, key)) out.push({ op: 'add', path: place, value })
    else if (!compare(before[key] as JsonValue, value, place, out)) return false
  }
  return out.length <= operationLimit
}

/** What stands alike at both ends stays; between, place by place, then what is left is taken out or put in. */
function compareLists(before: JsonValue[], after: JsonValue[], path: string, out: JsonPatchOperation[]): boolean {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && isEqual(before[start], after[start])) start++
  let end = 0
  while (end < shorter - start && isEqual(before[before.length - 1 - end], after[after.length - 1 - end])) end++
  const common = shorter - end
  for (let at = start; at < common; at++)
    if (!compare(before[at] as JsonValue, after[at] as JsonValue, `${path}/${at}`, out)) return false
  for (let at = before.length - end - 1; at >= common; at--) out.push({ op: 'remove', path: `${path}/${at}` })
  for (let at = common; at < after.length - end; at++)
    out.push({ op: 'add', path: `${path}/${at}`, value: after[at] as JsonValue })
  return out.length <= operationLimit
}
