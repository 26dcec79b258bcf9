import { dereference, type OutputUnit, type Schema as LooseSchema, validate } from '@cfworker/json-schema'
import type { JsonObject, JsonValue } from '../model/json'
import { checkJsonSchema } from './check-json-schema'
import type { CompiledSchema, SchemaIssue } from './schema'

/** Values with more parts than this are told one problem only: a list of them could be longer than the value. */
const smallParts = 1000

/** Makes a JSON Schema ready. @throws PfError PF_CONFIG_INVALID where it is none. */
export function compileJson(json: JsonObject): CompiledSchema {
  // The validator annotates the schema it is given: what is shown to others stays clean.
  const own = JSON.parse(JSON.stringify(json)) as LooseSchema
  checkJsonSchema(own)
  const lookup = dereference(own)
  checkJsonSchema(own, lookup)
  return {
    json,
    takesText: takesText(json),
    check(value) {
      if (value === undefined) return { issues: [{ path: '', message: 'A value is missing.' }] }
      try {
        if (validate(value, own, '2020-12', lookup, true).valid) return { value }
        return { issues: issuesOf(validate(value, own, '2020-12', lookup, !isSmall(value, smallParts)).errors) }
      } catch (error) {
        if (error instanceof RangeError) return { issues: [{ path: '', message: 'The value is nested too deeply.' }] }
        throw error
      }
    },
  }
}

/** Whether text can match a JSON Schema, as far as its types say. */
export function takesText(json: JsonValue | undefined): boolean {
  if (!isObject(json)) return json !== false
  const { type, enum: values, const: value, anyOf, oneOf, allOf } = json
  if (type !== undefined) return Array.isArray(type) ? type.includes('string') : type === 'string'
  if (Array.isArray(values)) return values.some((one) => typeof one === 'string')
  if (value !== undefined) return typeof value === 'string'
  for (const some of [anyOf, oneOf]) if (Array.isArray(some) && !some.some(takesText)) return false
  if (Array.isArray(allOf) && !allOf.every(takesText)) return false
  return !('properties' in json)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The problems themselves, without those that only say that something below does not match. */
function issuesOf(errors: readonly OutputUnit[]): SchemaIssue[] {
  const above = new Set<string>()
  for (const { keywordLocation: place } of errors) {
    for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1))
      above.add(place.slice(0, end))
  }
  // That nothing may be in a place says less than which property is there all the same.
  const leaves = errors.filter(
    ({ keywordLocation, keyword }) => !above.has(keywordLocation) && (keyword !== 'false' || errors.length === 1),
  )
  return leaves.map((error) => ({ path: error.instanceLocation.slice(1), message: error.error }))
}

/** Whether a value has no more parts than this. */
function isSmall(value: unknown, parts: number): boolean {
  let left = parts
  const count = (part: unknown): void => {
    if (left-- <= 0 || typeof part !== 'object' || part === null) return
    for (const one of Object.values(part)) count(one)
  }
  count(value)
  return left >= 0
}
