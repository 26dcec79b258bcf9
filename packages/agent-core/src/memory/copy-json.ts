/** Adds up what copies weigh. */
export interface ByteMeter {
  bytes: number
}

/**
 * Copies a JSON value, so that nobody outside can change it, and weighs the copy (an estimate of its heap bytes).
 * What JSON does not carry is treated as `JSON.stringify` does: `undefined` and functions are left out,
 * `toJSON` is called, a number that is not finite becomes `null`. An own key `__proto__` stays a plain key.
 */
export function copyJson<T>(value: T, meter: ByteMeter): T {
  return copyValue(value, meter) as T
}

function copyValue(value: unknown, meter: ByteMeter): unknown {
  switch (typeof value) {
    case 'string':
      meter.bytes += 16 + value.length
      return value
    case 'number':
      meter.bytes += 8
      return Number.isFinite(value) ? value + 0 : null
    case 'boolean':
      meter.bytes += 8
      return value
    case 'object':
      if (value === null) return null
      return Array.isArray(value) ? copyArray(value, meter) : copyObject(value as Record<string, unknown>, meter)
    case 'bigint':
      throw new TypeError('A BigInt can not be stored as JSON.')
    default:
      return undefined
  }
}

function copyArray(source: readonly unknown[], meter: ByteMeter): unknown[] {
  meter.bytes += 24 + 8 * source.length
  // A slice has just the room it needs; pushing would give every small list room for seventeen.
  const copy = source.slice()
  for (let index = 0; index < copy.length; index++) {
    const value = copy[index]
    if (typeof value === 'string') meter.bytes += 16 + value.length
    else copy[index] = copyValue(value, meter) ?? null
  }
  return copy
}

function copyObject(source: Record<string, unknown>, meter: ByteMeter): unknown {
  const prototype: unknown = Object.getPrototypeOf(source)
  if (prototype !== Object.prototype && typeof source['toJSON'] === 'function') {
    return copyValue((source['toJSON'] as () => unknown)(), meter)
  }
  // The spread is one fast clone of the hidden class, and it keeps an own `__proto__` a plain property.
  const copy: Record<string, unknown> = { ...source }
  meter.bytes += 32
  let hollow = false
  for (const key in copy) {
    meter.bytes += 8
    const value = copy[key]
    if (typeof value === 'string') meter.bytes += 16 + value.length
    else {
      const own = copyValue(value, meter)
      if (own === undefined) hollow = true
      if (own !== value) set(copy, key, own)
    }
  }
  return hollow ? withoutUndefined(copy) : copy
}

function set(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

/** A new object: `delete` would turn the old one into a slow dictionary. */
function withoutUndefined(source: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const key in source) if (source[key] !== undefined) set(copy, key, source[key])
  return copy
}

/** Freezes a JSON value all the way down. What is frozen already is taken as frozen below, too. */
export function freezeJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  if (Array.isArray(value)) for (const item of value) freezeJson(item)
  else for (const key in value) freezeJson(value[key])
  return value
}
