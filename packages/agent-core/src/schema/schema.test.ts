import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compileSchema, type Schema, type SchemaResult } from './schema'

const check = async (schema: Schema, value: unknown): Promise<SchemaResult> => compileSchema(schema).check(value)
const issues = async (schema: Schema, value: unknown): Promise<string[]> =>
  ((await check(schema, value)).issues ?? []).map((one) => `${one.path}: ${one.message}`)

describe.each<[string, Schema]>([
  [
    'zod',
    z.object({
      name: z.string(),
      'a/b~c': z.array(z.number()).optional(),
      when: z.enum(['now', 'later']).default('now'),
    }),
  ],
  [
    'valibot',
    v.object({
      name: v.string(),
      'a/b~c': v.optional(v.array(v.number())),
      when: v.optional(v.picklist(['now', 'later']), 'now'),
    }),
  ],
])('%s', (_, schema) => {
  it('checks, fills defaults in, and points to what is wrong', async () => {
    expect(await check(schema, { name: 'x' })).toEqual({ value: { name: 'x', when: 'now' } })
    const { issues: wrong } = await check(schema, { name: 1, 'a/b~c': [1, 'x'] })
    expect(wrong?.map((one) => one.path)).toEqual(['/name', '/a~1b~0c/1'])
    expect(wrong?.every((one) => one.message !== '')).toBe(true)
    expect((await check(schema, undefined)).issues).toHaveLength(1)
  })
})

describe('what a library says of its own schema', () => {
  it('is shown as JSON Schema where it can, and is plain JSON', () => {
    const { json } = compileSchema(z.object({ name: z.string(), count: z.int().default(1) }))
    expect(json).toMatchObject({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] })
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    expect(compileSchema(v.string()).json).toBeUndefined()
    expect(compileSchema(z.date()).json).toBeUndefined()
    expect(compileSchema(z.string().transform(Number)).json).toMatchObject({ type: 'string' })
  })

  it('says whether text can match; where it does not say, text is tried', () => {
    expect(
      [z.string(), z.object({}), z.union([z.object({}), z.number()]), z.enum(['a']), v.object({})].map(
        (one) => compileSchema(one).takesText,
      ),
    ).toEqual([true, false, false, true, true])
  })

  it('may be asynchronous', async () => {
    const schema = z.string().refine(async (text) => text === 'yes', 'only yes')
    expect(await check(schema, 'yes')).toEqual({ value: 'yes' })
    expect(await issues(schema, 'no')).toEqual([': only yes'])
  })

  it('may be a function, as in some libraries', async () => {
    const schema = Object.assign(() => {}, {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          value === 1 ? { value } : { issues: [{ message: 'no', path: [{ key: 'a' }, 0, Symbol('s')] }] },
      },
    })
    expect(await check(schema, 1)).toEqual({ value: 1 })
    expect(await issues(schema, 2)).toEqual(['/a/0/Symbol(s): no'])
  })
})

describe('JSON Schema', () => {
  it.each<[Schema, unknown, string[]]>([
    [
      { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string' } }, required: ['a', 'b'] },
      { a: 'x' },
      [': Instance does not have required property "b".', '/a: Instance type "string" is invalid. Expected "integer".'],
    ],
    [
      { items: { type: 'integer' } },
      [1, 'a', 2, null],
      [
        '/1: Instance type "string" is invalid. Expected "integer".',
        '/3: Instance type "null" is invalid. Expected "integer".',
      ],
    ],
    [
      { $defs: { day: { enum: ['Mon'] } }, properties: { day: { $ref: '#/$defs/day' } } },
      { day: 'Tue' },
      ['/day: Instance does not match any of ["Mon"].'],
    ],
    [{ type: 'string', format: 'date' }, 'tomorrow', [': String does not match format "date".']],
    [{ pattern: '^a+$' }, 'b', [': String does not match pattern.']],
    [{ additionalProperties: false }, JSON.parse('{"__proto__":1}'), [': Property "__proto__" is not allowed.']],
    [{ required: ['toString'] }, {}, [': Instance does not have required property "toString".']],
    [{ type: 'null' }, undefined, [': A value is missing.']],
    [{}, undefined, [': A value is missing.']],
    [{ not: {} }, 1, [': Instance matched "not" schema.']],
  ])('%j on %j', async (schema, value, wrong) => {
    expect(await issues(schema, value)).toEqual(wrong)
  })

  it.each<[Schema, unknown]>([
    [{}, null],
    [{ type: ['integer', 'null'] }, null],
    [{ const: { a: [1] } }, { a: [1] }],
    [{ format: 'made-up' }, 'x'],
    [{ 'x-own': { type: 7 } }, 1],
    [{ properties: { type: { type: 'string' } } }, { type: 'x' }],
  ])('%j takes %j', async (schema, value) => {
    expect(await check(schema, value)).toEqual({ value })
  })

  it('is shown as it was given, without what the validator notes in it', () => {
    const schema = {
      $id: 'https://example.com/s',
      properties: { a: { $ref: '#/$defs/x' } },
      $defs: { x: { type: 'integer' } },
    }
    const compiled = compileSchema(schema)
    void compiled.check({ a: 1 })
    expect(compiled.json).toEqual(schema)
    expect(Object.keys((compiled.json!.properties as { a: object }).a)).toEqual(['$ref'])
  })

  it('is not changed by who gave it', async () => {
    const schema = { type: 'object', required: ['a'] }
    const compiled = compileSchema(schema)
    schema.required.push('b')
    expect(await compiled.check({ a: 1 })).toEqual({ value: { a: 1 } })
  })

  it('tells one problem of a value that is long, so that problems can not be longer than it', async () => {
    const long = Array.from({ length: 200_000 }, () => 'x')
    expect(await issues({ items: { type: 'integer' } }, long)).toHaveLength(1)
    expect(await issues({ items: { type: 'integer' } }, long.slice(0, 900))).toHaveLength(900)
  })

  it('refuses what is nested deeper than the stack, with a recursive schema or none', async () => {
    let deep: unknown = 1
    for (let level = 0; level < 50_000; level++) deep = [deep]
    expect(await issues({ items: { $ref: '#' } }, deep)).toEqual([': The value is nested too deeply.'])
    expect(await issues({ $ref: '#' }, 1)).toEqual([': The value is nested too deeply.'])
  })
})

describe('what is no schema', () => {
  it.each<[unknown, string]>([
    [{ type: 'text' }, '"type" at the root must be a JSON type or a list of them'],
    [{ type: [] }, '"type" at the root'],
    [{ type: 7 }, '"type" at the root'],
    [{ properties: { a: { type: 'strnig' } } }, '"type" at /properties/a'],
    [{ items: [{ type: 'string' }] }, '/items is no schema'],
    [
      { properties: { a: { items: { pattern: '(' } } } },
      '"pattern" at /properties/a/items must be a regular expression',
    ],
    [{ patternProperties: { '(': {} } }, '"patternProperties" at the root'],
    [{ $ref: '#/$defs/nothing' }, '"$ref" at the root points to nothing: #/$defs/nothing'],
    [{ properties: { a: { $ref: 'https://example.com/other.json' } } }, '"$ref" at /properties/a points to nothing'],
    [{ enum: 'a' }, '"enum" at the root must be a list'],
    [{ required: 'a' }, '"required" at the root must be a list of names'],
    [{ properties: 7 }, '"properties" at the root'],
    [{ properties: { a: 7 } }, '/properties/a is no schema'],
    [{ allOf: {} }, '"allOf" at the root'],
    [{ anyOf: [] }, '"anyOf" at the root'],
    [{ properties: { a: { oneOf: { type: 'string' } } } }, '"oneOf" at /properties/a'],
    [{ properties: { a: { properties: { b: null } } } }, '/properties/a/properties/b is no schema'],
    [{ minLength: -1 }, '"minLength" at the root must be a count'],
    [{ multipleOf: 0 }, '"multipleOf" at the root'],
  ])('%j', (schema, message) => {
    expect(() => compileSchema(schema as Schema)).toThrow(
      expect.objectContaining({
        code: 'PF_CONFIG_INVALID',
        message: expect.stringContaining(message) as string,
      }) as Error,
    )
  })

  it.each([[7], ['string'], [null], [undefined], [[{}]], [true], [() => {}]])('%s', (schema) => {
    expect(() => compileSchema(schema as unknown as Schema)).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID' }) as Error,
    )
  })
})
