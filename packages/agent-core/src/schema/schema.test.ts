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

  it('is told in its own words where it has no JSON form', () => {
    const words = { date: z.date(), bigint: z.object({ n: z.bigint() }), map: z.map(z.string(), z.number()) }
    expect(Object.values(words).map((schema) => compileSchema(schema).noJson)).toEqual([
      'Date cannot be represented in JSON Schema',
      'BigInt cannot be represented in JSON Schema',
      'Map cannot be represented in JSON Schema',
    ])
    expect(Object.keys(compileSchema(z.string()))).not.toContain('noJson')
    // It has no way to give one, and says nothing.
    expect(compileSchema(v.string()).noJson).toBeUndefined()
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

  it('tells as many problems as are of use', async () => {
    const long = Array.from({ length: 200_000 }, () => 'x')
    const all = { allOf: Array.from({ length: 20_000 }, () => ({ type: 'integer' })) }
    for (const [schema, value] of [
      [{ items: { type: 'integer' } }, long],
      [all, 'x'],
      [{ anyOf: all.allOf }, 'x'],
    ] as const)
      expect(await issues(schema, value)).toHaveLength(50)
  })

  it('refuses what is nested too deeply, whatever the stack would take', async () => {
    const nested = (levels: number): unknown => {
      let deep: unknown = []
      for (let level = 1; level < levels; level++) deep = [deep]
      return deep
    }
    const schema = { items: { $ref: '#' } }
    expect(await issues(schema, nested(200))).toEqual([])
    for (const levels of [300, 50_000])
      expect(await issues(schema, nested(levels))).toEqual([': The value is nested too deeply.'])
    expect(await issues({ uniqueItems: true }, [nested(501)])).toEqual([': The value is nested too deeply.'])
  })

  it('refuses what takes too long to check', async () => {
    // One item at a time, each looked through by all that are there.
    const schema = { patternProperties: Object.fromEntries(Array.from({ length: 4000 }, (_, at) => [`^${at}$`, true])) }
    const value = Object.fromEntries(Array.from({ length: 4000 }, (_, at) => [`x${at}`, 1]))
    expect(await issues(schema, value)).toEqual([': The value takes too long to check.'])
  })
})

describe('what is no schema', () => {
  it.each<[unknown, string]>([
    [{ type: 'text' }, '"type" at the root must be a JSON type or a list of them'],
    [{ type: [] }, '"type" at the root'],
    [{ type: 7 }, '"type" at the root'],
    [{ properties: { a: { type: 'strnig' } } }, '"type" at /properties/a'],
    [{ items: [{ type: 'strnig' }] }, '"type" at /items/0'],
    [{ items: 1 }, '/items is no schema'],
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
    [{ uniqueItems: 'yes' }, '"uniqueItems" at the root must be true or false, not "yes"'],
    [{ $id: 5 }, '"$id" at the root must be a text'],
    [{ items: { $anchor: 5 } }, '"$anchor" at /items must be a text'],
    [{ $dynamicAnchor: 5 }, '"$dynamicAnchor" at the root must be a text'],
  ])('%j', (schema, message) => {
    expect(() => compileSchema(schema as Schema)).toThrow(
      expect.objectContaining({
        code: 'PF_CONFIG_INVALID',
        message: expect.stringContaining(message) as string,
      }) as Error,
    )
  })

  it('is what has no JSON form', () => {
    for (const schema of [{ const: 1n }, { toJSON: () => true }, { toJSON: () => undefined }])
      expect(() => compileSchema(schema as unknown as Schema)).toThrow(
        expect.objectContaining({ code: 'PF_CONFIG_INVALID' }) as Error,
      )
  })

  it('is one nested too deeply, or in itself', () => {
    const circle: { not?: object } = {}
    circle.not = circle
    const nested = (levels: number): object => {
      let schema = {}
      for (let level = 0; level < levels; level++) schema = { not: schema }
      return schema
    }
    expect(() => compileSchema(nested(90) as Schema)).not.toThrow()
    for (const [schema, message] of [
      [circle, 'it has no JSON form'],
      ...[101, 1000, 3000, 50_000].map((levels) => [nested(levels), 'it is nested too deeply'] as const),
    ] as const)
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
