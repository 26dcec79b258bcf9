import type { JsonObject, JsonPatchOperation, JsonValue } from '@pf-agents/agent-core'

/** Why a patch does not apply. */
export class PatchError extends Error {}

/** A JSON Pointer (RFC 6901) as its segments. @throws PatchError */
function parsePointer(pointer: unknown): string[] {
  if (pointer === '') return []
  const hasEscapes = typeof pointer === 'string' && pointer.includes('~')
  if (typeof pointer !== 'string' || !pointer.startsWith('/') || (hasEscapes && /~(?![01])/.test(pointer)))
    throw new PatchError(`${JSON.stringify(pointer)} is no JSON Pointer.`)
  const escaped = pointer.slice(1).split('/')
  const segments = hasEscapes ? escaped.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~')) : escaped
  // What clients apply patches with refuses these, so that nobody can reach a prototype.
  if (!pointer.includes('proto')) return segments
  if (segments.some((one, at) => one === '__proto__' || (one === 'prototype' && segments[at - 1] === 'constructor')))
    throw new PatchError(`The path ${pointer} reaches for a prototype.`)
  return segments
}

/** One segment of a JSON Pointer, escaped. */
export function escapeSegment(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1')
}

const isContainer = (value: JsonValue | undefined): value is JsonObject | JsonValue[] =>
  typeof value === 'object' && value !== null

function indexOf(segment: string, length: number): number {
  const index = Number(segment)
  if (!/^(?:0|[1-9]\d{0,9})$/.test(segment) || index > length)
    throw new PatchError(`There is no place ${segment} in a list of ${length}.`)
  return index
}

function get(document: JsonValue, path: readonly string[]): JsonValue {
  let value = document
  for (const segment of path) value = child(value, segment)
  return value
}

function child(value: JsonValue, segment: string): JsonValue {
  if (Array.isArray(value)) {
    const index = indexOf(segment, value.length - 1)
    return value[index] as JsonValue
  }
  if (!isContainer(value) || !Object.hasOwn(value, segment)) throw new PatchError(`There is nothing at "${segment}".`)
  return value[segment] as JsonValue
}

type Change = 'add' | 'replace' | 'remove'

/** The document with one place changed; everything beside the way there is shared with the old one. */
function change(
  document: JsonValue,
  path: readonly string[],
  at: number,
  kind: Change,
  value: JsonValue | undefined,
): JsonValue {
  const segment = path[at]
  if (segment === undefined) {
    if (kind === 'remove') throw new PatchError('The whole document can not be removed.')
    return value as JsonValue
  }
  const isLast = at === path.length - 1
  if (Array.isArray(document)) {
    const copy = document.slice()
    if (!isLast) {
      const index = indexOf(segment, document.length - 1)
      copy[index] = change(copy[index] as JsonValue, path, at + 1, kind, value)
    } else if (kind === 'add')
      copy.splice(segment === '-' ? document.length : indexOf(segment, document.length), 0, value as JsonValue)
    else {
      const index = indexOf(segment, document.length - 1)
      if (kind === 'remove') copy.splice(index, 1)
      else copy[index] = value as JsonValue
    }
    return copy
  }
  if (!isContainer(document)) throw new PatchError(`There is nothing that could hold "${segment}".`)
  const isThere = Object.hasOwn(document, segment)
  if (!isThere && (!isLast || kind !== 'add')) throw new PatchError(`There is nothing at "${segment}".`)
  if (isLast && kind === 'remove') {
    const { [segment]: _, ...rest } = document
    return rest
  }
  const next = isLast ? (value as JsonValue) : change(document[segment] as JsonValue, path, at + 1, kind, value)
  return { ...document, [segment]: next }
}

/**
 * Applies a JSON Patch (RFC 6902), all of it or nothing. The document is not changed: what stays is shared with the new one.
 * @throws PatchError where an operation does not apply
 */
export function applyPatch(document: JsonValue, patch: readonly JsonPatchOperation[]): JsonValue {
  if (!Array.isArray(patch)) throw new PatchError('A patch is a list of operations.')
  let result = document
  for (const operation of patch as readonly JsonPatchOperation[]) {
    if (!isContainer(operation as never)) throw new PatchError('An operation is an object.')
    const path = parsePointer(operation.path)
    switch (operation.op) {
      case 'add':
      case 'replace':
        if (operation.value === undefined) throw new PatchError(`${operation.op} needs a value.`)
        result = change(result, path, 0, operation.op, operation.value)
        break
      case 'remove':
        result = change(result, path, 0, 'remove', undefined)
        break
      case 'test':
        if (operation.value === undefined || !isEqual(get(result, path), operation.value))
          throw new PatchError(`The test of ${operation.path} fails.`)
        break
      case 'copy':
      case 'move': {
        const from = parsePointer(operation.from)
        const value = get(result, from)
        if (operation.op === 'move') {
          if (path.length > from.length && from.every((one, at) => one === path[at]))
            throw new PatchError('Nothing can be moved into itself.')
          result = change(result, from, 0, 'remove', undefined)
        }
        result = change(result, path, 0, 'add', value)
        break
      }
      default:
        throw new PatchError(`There is no operation ${JSON.stringify((operation as { op?: unknown }).op)}.`)
    }
  }
  return result
}

/** Whether two JSON values are the same. */
export function isEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a)) return a.length === b.length && a.every((one, at) => isEqual(one, (b as JsonValue[])[at]))
  const keys = Object.keys(a)
  const other = b as JsonObject
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], other[key]))
  )
}
