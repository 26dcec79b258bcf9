import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import { isFields, isUnset } from './read'
import { invalid, type Violations, violate } from './violations'

/**
 * How deep a free-form value (`metadata`, `data`, `params`) may nest. Every other part of a message has a fixed depth,
 * so this bounds whatever walks one later; protobuf's own JSON reader stops at the same figure.
 */
export const MAX_JSON_DEPTH = 100

/**
 * What is wrong with a value nobody's schema describes. Refused are: nesting without bound; numbers that no double holds
 * (JSON.parse makes Infinity of `1e999`, which would leave as `null`); and the key `__proto__`, which changes the prototype
 * of whatever object it is later assigned to.
 */
function flawOf(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : 'has a number that is out of range'
    case 'object':
      break
    default:
      return 'must be JSON'
  }
  if (value === null) return undefined
  if (depth >= MAX_JSON_DEPTH) return `is nested more than ${MAX_JSON_DEPTH} deep`
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const flaw = flawOf(value[index], depth + 1)
      if (flaw) return flaw
    }
    return undefined
  }
  for (const key in value) {
    if (key === '__proto__') return 'has the key __proto__'
    const flaw = flawOf((value as Record<string, unknown>)[key], depth + 1)
    if (flaw) return flaw
  }
  return undefined
}

/** Checks any JSON value (google.protobuf.Value); `null` is a value. */
export function readJson(value: unknown, field: string, out: Violations): JsonValue {
  const flaw = flawOf(value, 0)
  if (flaw) violate(out, field, flaw)
  return value as JsonValue
}

/** Checks a JSON object (google.protobuf.Struct). Handed back as it is, not copied. */
export function readJsonObject(value: unknown, field: string, out: Violations): JsonObject | undefined {
  if (isUnset(value)) return undefined
  if (!isFields(value)) return invalid(out, field, 'must be an object')
  return readJson(value, field, out) as JsonObject
}
