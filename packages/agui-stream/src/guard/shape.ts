/** Stands for a value that can not be made what it has to be. */
export const invalid: unique symbol = Symbol('invalid')

/** Told what was left out, and where. */
export type OnChange = (path: string, why: string) => void

/**
 * Gives a value as it has to be: itself where it is right, a copy without what does not belong, or {@link invalid}. Values
 * are never changed. Where nobody is told, no time goes into saying where.
 */
export type Shape = (value: unknown, onChange?: OnChange, path?: string) => unknown

const at = (path: string | undefined, name: string | number): string | undefined =>
  path === undefined ? undefined : `${path}/${name}`

/** A field that may be left out: where it is wrong, it is. */
interface Optional {
  readonly may: Shape
}
/** Fields of an object, by their names. */
export type Fields = Readonly<Record<string, Shape | Optional>>

/** A shape made of a question. */
const is =
  (holds: (value: unknown) => boolean): Shape =>
  (value) =>
    holds(value) ? value : invalid

export const text = is((value) => typeof value === 'string')
export const flag = is((value) => typeof value === 'boolean')
export const whole = is(Number.isSafeInteger)
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nested deeper than this a value is more than clients can copy. */
const maxDepth = 500

/** Whether JSON says a value as it is; with `mayLack`, but for fields that are there without a value. */
function isJson(value: unknown, mayLack = false, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      break
    default:
      return false
  }
  if (value === null) return true
  if (depth >= maxDepth) return false
  // Inherited, hidden or on a list: JSON asks all of them.
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) if (!isJson(value[at], mayLack, depth + 1)) return false
    return true
  }
  const made: unknown = Object.getPrototypeOf(value)
  if (made !== Object.prototype && made !== null) return false
  for (const name in value) {
    const field = (value as Record<string, unknown>)[name]
    if (!(mayLack && field === undefined) && !isJson(field, mayLack, depth + 1)) return false
  }
  return true
}

/**
 * Anything that is JSON. What is not is what JSON makes of it, where it makes something: a client that finds nothing in
 * its place ends the run.
 */
export const json: Shape = (value, onChange, path) => {
  try {
    if (isJson(value)) return value
    const text = JSON.stringify(value) as string | undefined
    const clean: unknown = text === undefined ? undefined : JSON.parse(text)
    if (!isJson(clean)) return invalid
    if (!isJson(value, true)) onChange?.(path ?? '', 'is no JSON')
    return clean
  } catch {
    // It goes round in a circle, has a BigInt in it, or throws when it is looked at.
    return invalid
  }
}
export const jsonNotNull: Shape = (value, onChange, path) => (value === null ? invalid : json(value, onChange, path))
export const jsonObject: Shape = (value, onChange, path) => {
  if (!isObject(value)) return invalid
  const clean = json(value, onChange, path)
  return isObject(clean) ? clean : invalid
}
/** Anything: what it has to be is looked at elsewhere. */
export const any: Shape = (value) => value

export const may = (shape: Shape): Optional => ({ may: shape })

export const oneOf = (...values: readonly unknown[]): Shape => is((value) => values.includes(value))

export const either =
  (...shapes: readonly Shape[]): Shape =>
  (value, onChange, path) => {
    for (const shape of shapes) {
      const clean = shape(value, onChange, path)
      if (clean !== invalid) return clean
    }
    return invalid
  }

/** A list: what is wrong in it is left out. */
export const list =
  (item: Shape): Shape =>
  (value, onChange, path) => {
    if (!Array.isArray(value)) return invalid
    let copy: unknown[] | undefined
    for (let index = 0; index < value.length; index++) {
      const clean = item(value[index], onChange, at(path, index))
      if (clean !== value[index] && copy === undefined) copy = value.slice(0, index)
      if (clean === invalid) onChange?.(`${path}/${index}`, 'can not have this value')
      else copy?.push(clean)
    }
    return copy ?? value
  }

/** An object of these fields and no others: clients leave others out, with a warning. */
export function record(fields: Fields): Shape {
  const table = new Map(
    Object.entries(fields).map(([name, field]) => {
      const shape = typeof field === 'function' ? field : field.may
      return [name, { shape, isNeeded: typeof field === 'function', isText: shape === text }]
    }),
  )
  const needed = [...table].flatMap(([name, { isNeeded }]) => (isNeeded ? [name] : []))
  return (value, onChange, path) => {
    if (!isObject(value)) return invalid
    let copy: Record<string, unknown> | undefined
    let seen = 0
    for (const name in value) {
      const given = value[name]
      const field = table.get(name)
      if (given === undefined) continue
      // Most fields are this: it is not worth a call.
      if (field?.isText === true && typeof given === 'string') {
        if (field.isNeeded) seen++
        continue
      }
      const clean = field === undefined ? invalid : field.shape(given, onChange, at(path, name))
      if (clean === given) {
        if (field?.isNeeded) seen++
        continue
      }
      copy ??= { ...value }
      if (clean !== invalid) {
        if (field?.isNeeded) seen++
        copy[name] = clean
        continue
      }
      onChange?.(`${path}/${name}`, field === undefined ? 'is no field' : 'can not have this value')
      if (field?.isNeeded) return invalid
      delete copy[name]
    }
    if (seen < needed.length) {
      onChange?.(path ?? '', `lacks one of ${needed.join(', ')}`)
      return invalid
    }
    return copy ?? value
  }
}

/** An object whose kind a field names. */
export function variants(name: string, kinds: Readonly<Record<string, Fields>>): Shape {
  const shapes = new Map(
    Object.entries(kinds).map(([kind, fields]) => [kind, record({ ...fields, [name]: oneOf(kind) })]),
  )
  return (value, onChange, path) => {
    if (!isObject(value)) return invalid
    const shape = shapes.get(value[name] as string)
    return shape === undefined ? invalid : shape(value, onChange, path)
  }
}
