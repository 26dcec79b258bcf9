import type { JsonObject, JsonValue } from '@pf-agents/agent-core'

/** A schema as Gemini takes it: without `$schema`, and a `const` as an `enum` of one. */
export function geminiSchema(schema: JsonObject): JsonObject {
  return converted(schema) as JsonObject
}

function converted(value: JsonValue, names = false): JsonValue {
  if (Array.isArray(value)) return value.map((one) => converted(one))
  if (typeof value !== 'object' || value === null) return value
  const out: JsonObject = {}
  for (const [key, one] of Object.entries(value)) {
    // Under `properties` keys are names, whatever they look like.
    if (names) out[key] = converted(one)
    else if (key === 'const') out['enum'] = [one]
    else if (key === 'enum' || key === 'default' || key === 'examples') out[key] = one
    else if (key !== '$schema') out[key] = converted(one, key === 'properties' || key === '$defs')
  }
  return out
}
