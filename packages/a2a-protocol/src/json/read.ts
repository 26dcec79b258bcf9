import { invalid, MAX_VIOLATIONS, prefix, type Violations, violate } from './violations'

/** An object out of JSON.parse. */
export type Fields = Record<string, unknown>

/** Reads a JSON value into a T, or notes what is wrong with it. Never throws, never changes the value. */
export type Reader<T> = (value: unknown, out: Violations) => T

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** ProtoJSON reads an explicit `null` as "not set" (A2A 1.0.1 §5.5). */
export function isUnset(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

/** A string; `''` is the default of proto3 and so the same as not set. */
export function readString(value: unknown, field: string, out: Violations): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (!isUnset(value)) violate(out, field, 'must be a string')
  return undefined
}

/** A string that is REQUIRED: present and not empty (§5.7). */
export function requireString(value: unknown, field: string, out: Violations): string {
  if (typeof value === 'string' && value !== '') return value
  return invalid(out, field, isUnset(value) || value === '' ? 'is required' : 'must be a string')
}

/** A boolean. */
export function readBoolean(value: unknown, field: string, out: Violations): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (!isUnset(value)) violate(out, field, 'must be true or false')
  return undefined
}

/** An int32, also as a decimal string (ProtoJSON), within bounds. */
export function readInt(
  value: unknown,
  field: string,
  out: Violations,
  min = -0x80000000,
  max = 0x7fffffff,
): number | undefined {
  if (isUnset(value)) return undefined
  const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) return invalid(out, field, 'must be an integer')
  if (number < min || number > max) return invalid(out, field, `must be ${min} or more and ${max} or less`)
  return number
}

/** A member that may be missing. */
export function readOptional<T>(read: Reader<T>, value: unknown, field: string, out: Violations): T | undefined {
  return isUnset(value) ? undefined : readNested(read, value, field, out)
}

/** A member that must be there. */
export function readRequired<T>(read: Reader<T>, value: unknown, field: string, out: Violations): T {
  return isUnset(value) ? invalid(out, field, 'is required') : readNested(read, value, field, out)
}

function readNested<T>(read: Reader<T>, value: unknown, field: string, out: Violations): T {
  const before = out.length
  const result = read(value, out)
  if (out.length > before) prefix(out, before, field)
  return result
}

/** A list. Hands back the list itself where its reader handed back every item itself: content is not copied without need. */
export function readList<T>(read: Reader<T>, value: unknown, field: string, out: Violations): T[] | undefined {
  if (isUnset(value)) return undefined
  if (!Array.isArray(value)) return invalid(out, field, 'must be an array')
  let result: T[] = value
  for (let index = 0; index < value.length; index++) {
    const before = out.length
    const item = read(value[index], out)
    if (out.length > before) prefix(out, before, `${field}[${index}]`)
    if (before >= MAX_VIOLATIONS) break
    if (result === value && item !== value[index]) result = value.slice(0, index)
    if (result !== value) result.push(item)
  }
  return result
}

/** A list that is REQUIRED to hold something (§5.7). */
export function requireList<T>(read: Reader<T>, value: unknown, field: string, out: Violations): T[] {
  const list = readList(read, value, field, out)
  if (isUnset(value) || (Array.isArray(value) && value.length === 0)) violate(out, field, 'needs one element or more')
  return list as T[]
}

const readItem: Reader<string> = (value, out) =>
  typeof value === 'string' ? value : invalid(out, '', 'must be a string')

/** A list of strings; an empty one is the same as none. */
export function readStrings(value: unknown, field: string, out: Violations): string[] | undefined {
  const list = readList(readItem, value, field, out)
  return list?.length ? list : undefined
}
