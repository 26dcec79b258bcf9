import { invalid, MAX_VIOLATIONS, prefix, type Violations, violate } from './violations'

/** An object out of JSON.parse. */
export type Fields = Record<string, unknown>

/** Reads a JSON value into a T, or notes what is wrong with it. Never throws, never changes the value. */
export type Reader<T> = (value: unknown, out: Violations) => T

/** Reads one member of an object by its name in violations; `undefined` where it is not set. */
export type Member<T> = (value: unknown, field: string, out: Violations) => T

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

/** Makes the reader of an int32, also as a decimal string (ProtoJSON), within bounds. */
export function intBetween(min: number, max = 0x7fffffff): Member<number | undefined> {
  return (value, field, out) => {
    if (isUnset(value)) return undefined
    const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value
    if (typeof number !== 'number' || !Number.isInteger(number)) return invalid(out, field, 'must be an integer')
    return number < min || number > max ? invalid(out, field, `must be ${min} to ${max}`) : number
  }
}

/** A boolean whose absence means false, so that false is the same as not set. */
export function readFlag(value: unknown, field: string, out: Violations): true | undefined {
  return readBoolean(value, field, out) || undefined
}

function readNested<T>(read: Reader<T>, value: unknown, field: string, out: Violations): T {
  const before = out.length
  const result = read(value, out)
  if (out.length > before) prefix(out, before, field)
  return result
}

/** Makes the reader of a member that may be missing. */
export function optional<T>(read: Reader<T>): Member<T | undefined> {
  return (value, field, out) => (isUnset(value) ? undefined : readNested(read, value, field, out))
}

/** Makes the reader of a member that must be there (§5.7). */
export function required<T>(read: Reader<T>): Member<T> {
  return (value, field, out) =>
    isUnset(value) ? invalid(out, field, 'is required') : readNested(read, value, field, out)
}

function readList<T>(read: Reader<T>, value: readonly unknown[], field: string, out: Violations): T[] {
  let result = value as T[]
  for (let index = 0; index < value.length && out.length < MAX_VIOLATIONS; index++) {
    const before = out.length
    const item = read(value[index], out)
    if (out.length > before) prefix(out, before, `${field}[${index}]`)
    if (result === value && item !== value[index]) result = (value as T[]).slice(0, index)
    if (result !== value) result.push(item)
  }
  return result
}

/**
 * Makes the reader of a list; an empty one is the same as none. The list itself is handed back where its reader handed
 * back every item itself: content is not copied without need.
 */
export function listOf<T>(read: Reader<T>): Member<T[] | undefined> {
  return (value, field, out) => {
    if (isUnset(value)) return undefined
    if (!Array.isArray(value)) return invalid(out, field, 'must be an array')
    return value.length > 0 ? readList(read, value, field, out) : undefined
  }
}

/** Makes the reader of a list that must have an element (§5.7). */
export function someOf<T>(read: Reader<T>): Member<T[]> {
  const readAny = listOf(read)
  return (value, field, out) => {
    const list = readAny(value, field, out)
    if (!list && (isUnset(value) || Array.isArray(value))) violate(out, field, 'needs one element or more')
    return list as T[]
  }
}

/** Makes a reader whose result has a default. */
export function withDefault<T>(read: Member<T | undefined>, value: () => T): Member<T> {
  return (given, field, out) => read(given, field, out) ?? value()
}

/** A list of strings; an empty one is the same as none. */
export const readStrings: Member<string[] | undefined> = /* @__PURE__ */ listOf<string>((value, out) =>
  typeof value === 'string' ? value : invalid(out, '', 'must be a string'),
)
