// oxlint-disable unicorn/no-thenable -- a keyword's name
// What others say of the same schemas and values: another validator, and the official tests where they are at hand.
import { validate } from '@cfworker/json-schema'
import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../model/json'
import { compile } from './compile'
import { readSlowly } from '../../../test/slow-reading'

const names = fc.constantFrom('a', 'b', 'a/b', 'x~')
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(0, 1, -1, 2.5, 0.3, '', 'a', 'abc', '😀', '2020-02-30', '2020-01-01', true, false, null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

const small = fc.nat(3)
const { schema } = fc.letrec<{ schema: JsonObject | boolean; object: JsonObject }>((tie) => {
  const one = tie('schema')
  const list = fc.array(one, { minLength: 1, maxLength: 2 })
  const map = fc.dictionary(names, one, { maxKeys: 2, noNullPrototype: true })
  const type = fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null', 'boolean')
  const keywords = {
    type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 2 })),
    const: value,
    enum: fc.array(value, { maxLength: 2 }),
    not: one,
    anyOf: list,
    allOf: list,
    oneOf: list,
    if: one,
    then: one,
    else: one,
    required: fc.array(names, { maxLength: 2 }),
    minProperties: small,
    maxProperties: small,
    propertyNames: one,
    dependentRequired: fc.dictionary(names, fc.array(names, { maxLength: 1 }), { maxKeys: 1, noNullPrototype: true }),
    dependentSchemas: map,
    properties: map,
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b', '.'), one, { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: one,
    minItems: small,
    maxItems: small,
    prefixItems: list,
    items: one,
    contains: one,
    minContains: small,
    maxContains: small,
    uniqueItems: fc.boolean(),
    minimum: small,
    maximum: small,
    exclusiveMinimum: small,
    exclusiveMaximum: small,
    multipleOf: fc.constantFrom(1, 0.1, 2, 0.5),
    minLength: small,
    maxLength: small,
    pattern: fc.constantFrom('^a', 'b$', '.'),
    format: fc.constantFrom('date', 'ipv4', 'unheard-of'),
    $ref: fc.constantFrom('#/$defs/text', '#text'),
  }
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.boolean(),
      type.map((one) => ({ type: one })),
      tie('object'),
    ),
    object: fc
      .uniqueArray(fc.constantFrom(...Object.keys(keywords)), { minLength: 1, maxLength: 4 })
      .chain((keys) =>
        fc.record(Object.fromEntries(keys.map((key) => [key, keywords[key as keyof typeof keywords]]))),
      ) as fc.Arbitrary<JsonObject>,
  }
})

describe('another validator', () => {
  it('takes and refuses the same', () => {
    fc.assert(
      fc.property(schema, fc.array(value, { minLength: 1, maxLength: 5 }), (part, values) => {
        const json = { allOf: [part], $defs: { text: { $anchor: 'text', type: 'string' } } } as unknown as JsonObject
        const check = compile(json)
        const others = values.filter(
          (one) => (check(one) === undefined) !== validate(one, structuredClone(json), '2020-12').valid,
        )
        expect({ json, others }).toEqual({ json, others: [] })
      }),
      { numRuns: 1000, seed: 7 },
    )
  })
})

/** Schemas that lead back into themselves by any way that goes down into the value, and note what they looked at. */
const { schema: recursive } = fc.letrec<{ schema: JsonObject | boolean; object: JsonObject }>((tie) => {
  const one = tie('schema')
  const list = fc.array(one, { minLength: 1, maxLength: 3 })
  const map = fc.dictionary(names, one, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
  const back = fc.constantFrom('#', '#/$defs/a', '#/$defs/b').map(($ref) => ({ $ref }))
  const below = fc.oneof(back, one)
  const keywords = {
    type: fc.constantFrom('string', 'number', 'object', 'array'),
    const: value,
    not: one,
    anyOf: list,
    allOf: list,
    oneOf: list,
    if: one,
    then: one,
    else: one,
    required: fc.array(names, { maxLength: 1 }),
    dependentSchemas: map,
    properties: fc.dictionary(names, below, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b'), below, { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: below,
    unevaluatedProperties: below,
    prefixItems: fc.array(below, { minLength: 1, maxLength: 2 }),
    items: below,
    contains: below,
    unevaluatedItems: below,
    uniqueItems: fc.boolean(),
    $ref: fc.constant('#/$defs/leaf'),
  }
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.boolean(),
      keywords.type.map((type) => ({ type })),
      tie('object'),
    ),
    object: fc
      .uniqueArray(fc.constantFrom(...Object.keys(keywords)), { minLength: 1, maxLength: 4 })
      .chain((keys) =>
        fc.record(Object.fromEntries(keys.map((key) => [key, keywords[key as keyof typeof keywords]]))),
      ) as fc.Arbitrary<JsonObject>,
  }
})

describe('a slow reading, word for word', () => {
  it.each([0, 1000])('takes and refuses the same, with results kept after %i steps', (keepsAfter) => {
    let [taken, refused] = [0, 0]
    fc.assert(
      fc.property(recursive, recursive, recursive, fc.array(value, { minLength: 1, maxLength: 5 }), (...parts) => {
        const [part, a, b, values] = parts
        const leaf = { unevaluatedItems: { type: 'number' }, unevaluatedProperties: { type: 'number' } }
        const json = { anyOf: [part], $defs: { a, b, leaf } } as unknown as JsonObject
        const check = compile(json, keepsAfter)
        const others = values.filter((one) => {
          const fits = readSlowly(json, json, one as JsonValue) !== undefined
          if (fits) taken++
          else refused++
          return (check(one) === undefined) !== fits
        })
        expect({ json, others }).toEqual({ json, others: [] })
      }),
      { numRuns: 1000, seed: 11 },
    )
    expect(Math.min(taken, refused)).toBeGreaterThan(500)
  })
})

// The official tests, if a checkout is at hand: JSON_SCHEMA_TESTS=…/tests/draft2020-12
const official = process.env['JSON_SCHEMA_TESTS']

/** Schemas of other documents, the scope of dynamic references, and that formats say nothing. */
const left = /^(refRemote|dynamicRef|format|vocabulary)\.json|metaschema|remote ref|\$dynamicRef|historic drafts/

describe.runIf(official)('the official tests', () => {
  const folders = official === undefined ? [] : ['.', 'optional']
  const files = folders.flatMap((folder) =>
    readdirSync(join(official ?? '', folder))
      .filter((file) => file.endsWith('.json'))
      .map((file) => join(folder, file)),
  )
  it.each(files)('%s', (file) => {
    const groups = JSON.parse(readFileSync(join(official ?? '', file), 'utf8')) as {
      description: string
      schema: JsonObject
      tests: { description: string; data: unknown; valid: boolean }[]
    }[]
    const failed = groups
      .filter(({ description }) => !left.test(`${file} ${description}`) && !left.test(file))
      .flatMap(({ description, schema: json, tests }) =>
        tests
          .filter(({ data, valid }) => (compile(json)(data) === undefined) !== valid)
          .map((test) => `${description}: ${test.description}`),
      )
    expect(failed).toEqual([])
  })
})
