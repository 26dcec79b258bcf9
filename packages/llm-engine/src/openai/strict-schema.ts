import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import { arrayOf, isObject } from '../wire/json'

const unsupported = [
  'propertyNames',
  'patternProperties',
  'default',
  'not',
  'if',
  'dependentRequired',
  'dependentSchemas',
]

/**
 * Whether OpenAI's strict mode takes a schema as it is: the root a plain object, every object closed, every property
 * required, no keyword it does not know. A schema that is not is sent without `strict`, never bent: an optional field
 * made nullable would reach the tool as `null`.
 */
export function isStrictSchema(schema: JsonObject): boolean {
  return schema['type'] === 'object' && !('anyOf' in schema) && strict(schema, 0)
}

function strict(schema: JsonValue | undefined, depth: number): boolean {
  if (!isObject(schema)) return false
  if (depth > 10 || unsupported.some((keyword) => keyword in schema)) return false
  if ('allOf' in schema && arrayOf(schema['allOf']).length !== 1) return false
  if (schema['type'] === 'object' || 'properties' in schema) {
    if (schema['additionalProperties'] !== false) return false
    const properties = isObject(schema['properties']) ? schema['properties'] : {}
    const required = new Set(arrayOf(schema['required']))
    for (const [name, property] of Object.entries(properties)) {
      if (!required.has(name) || !strict(property, depth + 1)) return false
    }
  }
  if ('items' in schema && !strict(schema['items'], depth + 1)) return false
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    if (!arrayOf(schema[keyword]).every((one) => strict(one, depth + 1))) return false
  }
  for (const keyword of ['$defs', 'definitions']) {
    const definitions = schema[keyword]
    if (isObject(definitions) && !Object.values(definitions).every((one) => strict(one, depth))) return false
  }
  return true
}

/** A schema without `$schema`, which providers refuse or ignore. */
export function plainSchema(schema: JsonObject): JsonObject {
  if (!('$schema' in schema)) return schema
  const { $schema: _, ...rest } = schema
  return rest
}
