import { isJsonObject as isObject, type JsonObject, type JsonValue } from '@pf-agents/agent-core'

export { isObject }

const none: JsonObject = Object.freeze({})

/** The object, or an empty one: what is not there has no fields. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : none
}

/** The array, or an empty one. */
export function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** The text, or `undefined`. */
export function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The number, or `undefined`. */
export function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** A number of tokens or of money, or `undefined`: what is below nothing, or beyond all that can be, counts for nothing. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined
}

/** The sum of what is told, or `undefined` where nothing is, or something that counts for nothing. */
export function sumOf(values: readonly (JsonValue | undefined)[]): number | undefined {
  const told = values.filter((value) => value !== undefined && value !== null).map(countOf)
  return told.length === 0 ? undefined : countOf(told.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0))
}

/** Leaves out the fields that are `undefined`. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const out: Record<string, unknown> = {}
  for (const key in fields) if (fields[key] !== undefined) out[key] = fields[key]
  return out as { [K in keyof T]: Exclude<T[K], undefined> }
}

/** The JSON object that text stands for, or `undefined`. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
