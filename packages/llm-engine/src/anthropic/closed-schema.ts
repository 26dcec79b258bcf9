import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import { isObject } from '../wire/json'

/** A schema whose objects take no other properties and that says `anyOf` for `oneOf`, as Anthropic wants it for answers. */
export function closedSchema(schema: JsonObject): JsonObject {
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$schema') continue
    if (key === 'properties' || key === '$defs' || key === 'definitions') out[key] = eachClosed(value)
    else out[key === 'oneOf' ? 'anyOf' : key] = closed(key, value)
  }
  if (out['type'] === 'object' && !('additionalProperties' in out)) out['additionalProperties'] = false
  return out
}

function eachClosed(value: JsonValue): JsonValue {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, isObject(one) ? closedSchema(one) : one]))
}

/** Only under keywords that hold schemas: a value of `const`, `enum` or `default` is not one. */
function closed(key: string, value: JsonValue): JsonValue {
  if (Array.isArray(value) && /Of$|^prefixItems$/.test(key)) {
    return value.map((one) => (isObject(one) ? closedSchema(one) : one))
  }
  return isObject(value) && (key === 'items' || key === 'not') ? closedSchema(value) : value
}
