import type { Schema as LooseSchema } from '@cfworker/json-schema'
import { PfError } from '../error/pf-error'

const types = new Set(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'])

type Test = (value: unknown) => boolean

const isObject: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount: Test = (value) => Number.isInteger(value) && (value as number) >= 0
const isNumber: Test = (value) => typeof value === 'number'
const isText: Test = (value) => typeof value === 'string'
const isPattern: Test = (value) => isText(value) && compiles(value as string)
const listOf =
  (test: Test, least = 0): Test =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.every(test)

/** What the keywords take, of those a validator trips over otherwise, and how to say so. */
const keywords: Readonly<Record<string, readonly [Test, string]>> = {
  type: [
    (value) => types.has(value as string) || listOf((one) => types.has(one as string), 1)(value),
    'a JSON type or a list of them',
  ],
  enum: [Array.isArray, 'a list'],
  required: [listOf(isText), 'a list of names'],
  pattern: [isPattern, 'a regular expression'],
  patternProperties: [
    (value) => isObject(value) && Object.keys(value as object).every(isPattern),
    'schemas by regular expression',
  ],
  multipleOf: [(value) => isNumber(value) && (value as number) > 0, 'a number above 0'],
  $ref: [isText, 'a reference'],
  format: [isText, 'a name'],
}
const counts = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minContains',
  'maxContains',
]
const numbers = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']

/** Keywords that hold schemas: one, a list, or by name. */
const single = [
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
]
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const maps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']

/**
 * Looks at every part of a schema for what would fail only when a value is checked.
 * @param addresses the addresses of all parts, once they are known: references must be to one of them.
 * @throws PfError PF_CONFIG_INVALID with the place and the keyword.
 */
export function checkJsonSchema(part: unknown, addresses?: object, place = ''): void {
  if (typeof part === 'boolean') return
  if (!isObject(part)) throw invalid(`${place || 'it'} is no schema`)
  const schema = part as LooseSchema
  const at = place || 'the root'
  for (const [keyword, [test, what]] of Object.entries(keywords)) expect(schema, keyword, test, what, at)
  for (const keyword of counts) expect(schema, keyword, isCount, 'a count', at)
  for (const keyword of numbers) expect(schema, keyword, isNumber, 'a number', at)
  const target = schema.__absolute_ref__ ?? schema.$ref
  if (addresses !== undefined && target !== undefined && !(target in addresses))
    throw invalid(`"$ref" at ${at} points to nothing: ${schema.$ref}`)

  for (const keyword of single)
    if (Object.hasOwn(schema, keyword)) checkJsonSchema(schema[keyword], addresses, `${place}/${keyword}`)
  for (const keyword of lists) {
    expect(schema, keyword, (value) => Array.isArray(value) && value.length > 0, 'a list of schemas', at)
    for (const [index, one] of ((schema[keyword] ?? []) as unknown[]).entries())
      checkJsonSchema(one, addresses, `${place}/${keyword}/${index}`)
  }
  for (const keyword of maps) {
    expect(schema, keyword, isObject, 'schemas by name', at)
    for (const [name, one] of Object.entries(schema[keyword] ?? {}))
      checkJsonSchema(one, addresses, `${place}/${keyword}/${name}`)
  }
}

function expect(schema: LooseSchema, keyword: string, test: Test, what: string, at: string): void {
  if (Object.hasOwn(schema, keyword) && !test(schema[keyword])) throw invalid(`"${keyword}" at ${at} must be ${what}`)
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp
  } catch {
    return false
  }
}

function invalid(what: string): PfError {
  return new PfError('PF_CONFIG_INVALID', `A JSON Schema is not valid: ${what}.`)
}
