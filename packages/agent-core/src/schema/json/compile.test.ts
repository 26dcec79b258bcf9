// oxlint-disable unicorn/no-thenable -- a keyword's name
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../model/json'
import { compile } from './compile'

const fits = (schema: JsonObject, value: unknown): boolean => compile(schema)(value) === undefined
const told = (schema: JsonObject, value: unknown): string[] =>
  (compile(schema)(value) ?? []).map(({ path, message }) => `${path}: ${message}`)

// Each keyword: what it takes, what not, and what it has no opinion of.
describe.each<[JsonObject, JsonValue[], JsonValue[]]>([
  [{ type: 'integer' }, [1, -2, 1e300, 2.0], [1.5, '1', null]],
  [{ type: ['string', 'null'] }, ['', null], [0, {}, []]],
  [{ const: { a: [1], b: 2 } }, [{ b: 2, a: [1] }], [{ a: [1] }, { a: [2], b: 2 }]],
  [{ const: null }, [null], [0, false, '']],
  [{ enum: [[{ a: 1, b: 2 }], 0] }, [[{ b: 2, a: 1 }], 0, -0], [[{ b: 1, a: 2 }], '0', [['a', 1]]]],
  [{ not: { type: 'string' } }, [1], ['a']],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1, 2, 'a'], [0, 3]],
  [{ anyOf: [{ minimum: 5 }, { maximum: 2 }] }, [1, 5], [3]],
  [{ oneOf: [{ minimum: 1 }, { maximum: 2 }] }, [0, 3], [1, 2]],
  [{ if: { minimum: 5 }, then: { multipleOf: 5 }, else: { multipleOf: 2 } }, [10, 4], [6, 3]],
  [{ then: false, else: false }, [1], []],
  [{ required: ['a', '__proto__'] }, [JSON.parse('{"a":1,"__proto__":2}'), 'a'], [{ a: 1 }, {}]],
  [{ minProperties: 1, maxProperties: 2 }, [{ a: 1 }, { a: 1, b: 2 }, []], [{}, { a: 1, b: 2, c: 3 }]],
  [{ propertyNames: { maxLength: 1 } }, [{ a: 1 }, 'abc'], [{ ab: 1 }]],
  [{ dependentRequired: { a: ['b'] } }, [{ b: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
  [{ dependentSchemas: { a: { maxProperties: 1 } } }, [{ a: 1 }, { b: 1, c: 1 }], [{ a: 1, b: 1 }]],
  [{ dependencies: { a: ['b'], c: { maxProperties: 1 } } }, [{ a: 1, b: 1 }, { c: 1 }], [{ a: 1 }, { c: 1, d: 1 }]],
  [{ properties: { a: { type: 'string' }, toString: false } }, [{ a: 'x' }, { b: 1 }], [{ a: 1 }, { toString: 1 }]],
  [{ patternProperties: { '^x': { type: 'string' }, y: false } }, [{ x: 'a', z: 1 }], [{ x: 1 }, { ay: 1 }]],
  [
    { properties: { a: true }, patternProperties: { '^x': true }, additionalProperties: { type: 'null' } },
    [{ a: 1, x1: 1, b: null }],
    [{ b: 1 }],
  ],
  [{ minItems: 1, maxItems: 2 }, [[1], [1, 2], {}], [[], [1, 2, 3]]],
  [{ prefixItems: [{ type: 'string' }], items: { type: 'number' } }, [[], ['a', 1, 2]], [[1], ['a', 'b']]],
  [{ contains: { type: 'string' } }, [[1, 'a']], [[], [1]]],
  [{ contains: { type: 'string' }, minContains: 0, maxContains: 1 }, [[], [1], ['a', 1]], [['a', 'b']]],
  [
    { uniqueItems: true },
    [
      [1, '1', true, [1], { a: 1 }],
      [
        { a: 1, b: 2 },
        { a: 2, b: 1 },
      ],
    ],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [1, 1.0],
    ],
  ],
  [{ uniqueItems: false }, [[1, 1]], []],
  [{ minimum: 1, maximum: 2 }, [1, 2, '0'], [0.5, 2.5]],
  [{ exclusiveMinimum: 1, exclusiveMaximum: 2 }, [1.5], [1, 2]],
  [{ multipleOf: 0.1 }, [0.3, 1.1, -0.7, 0, 1e300], [0.25, 1e-7]],
  [{ multipleOf: 1e-8 }, [1e-8, 12345678], [5e-9]],
  [{ minLength: 1, maxLength: 1 }, ['a', '😀', 1], ['', 'ab', '😀😀']],
  [{ pattern: '^\\p{L}+$' }, ['aé', 1], ['a1']],
  [{ format: 'ipv4' }, ['127.0.0.1', 7], ['127.0.0.256']],
])('%j', (schema, takes, refuses) => {
  it('takes and refuses', () => {
    expect(takes.filter((value) => !fits(schema, value))).toEqual([])
    expect(refuses.filter((value) => fits(schema, value))).toEqual([])
  })
})

describe('unevaluated', () => {
  const animal = {
    properties: { kind: true },
    oneOf: [
      { properties: { bark: true }, required: ['bark'] },
      { properties: { meow: true }, required: ['meow'] },
    ],
    if: { properties: { age: { minimum: 10 } }, required: ['age'] },
    dependentSchemas: { tag: { properties: { owner: true, tag: true } } },
    $ref: '#/$defs/named',
    $defs: { named: { properties: { name: true } } },
    unevaluatedProperties: false,
  }

  it.each<[JsonValue, boolean]>([
    [{ kind: 1, bark: 1, name: 1 }, true],
    [{ bark: 1, tag: 1, owner: 1 }, true],
    [{ bark: 1, age: 10 }, true],
    [{ bark: 1, age: 9 }, false],
    [{ bark: 1, owner: 1 }, false],
    [{ bark: 1, other: 1 }, false],
  ])('%j is %s: what branches that fit have looked at counts', (value, isTaken) => {
    expect(fits(animal, value)).toBe(isTaken)
  })

  it('does not see what is beside or above a schema of its own', () => {
    const beside = { allOf: [{ properties: { a: true } }, { unevaluatedProperties: false }] }
    expect(fits(beside, { a: 1 })).toBe(false)
    expect(fits({ properties: { a: true }, allOf: [{ unevaluatedProperties: false }] }, { a: 1 })).toBe(false)
    expect(fits({ allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1 })).toBe(true)
  })

  it('counts items looked at by their place or their content', () => {
    const schema = { prefixItems: [true], contains: { type: 'string' }, unevaluatedItems: { type: 'null' } }
    expect(fits(schema, [1, 'a', null, 'b'])).toBe(true)
    expect(fits(schema, [1, 'a', 2])).toBe(false)
  })
})

describe('references', () => {
  it.each<[string, JsonObject]>([
    ['to a place', { $defs: { 'a/b~c %"': { type: 'integer' } }, items: { $ref: '#/$defs/a~1b~0c%20%25%22' } }],
    ['to a place of an older draft', { definitions: { a: { type: 'integer' } }, items: { $ref: '#/definitions/a' } }],
    [
      'to a place no keyword is at',
      { components: { schemas: { a: { type: 'integer' } } }, items: { $ref: '#/components/schemas/a' } },
    ],
    ['to a place in a list', { items: { anyOf: [{ type: 'integer' }, { $ref: '#/items/anyOf/0' }] } }],
    ['to an anchor', { $defs: { a: { $anchor: 'it', type: 'integer' } }, items: { $ref: '#it' } }],
    ['to a dynamic anchor', { $defs: { a: { $dynamicAnchor: 'it', type: 'integer' } }, items: { $dynamicRef: '#it' } }],
    [
      'to an address',
      { $defs: { a: { $id: 'https://example.com/a', type: 'integer' } }, items: { $ref: 'https://example.com/a' } },
    ],
    [
      'to an address beside its own',
      { $id: 'https://example.com/x/y', $defs: { a: { $id: 'a', type: 'integer' } }, items: { $ref: '/x/a#' } },
    ],
    [
      'from within a schema with an address',
      {
        $defs: {
          a: { $id: 'urn:example:a', items: { $ref: '#/$defs/b' }, $defs: { b: { type: 'integer' } } },
          b: { type: 'string' },
        },
        $ref: 'urn:example:a',
      },
    ],
    [
      'to another reference',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { type: 'integer' } }, items: { $ref: '#/$defs/a' } },
    ],
  ])('%s', (_, schema) => {
    expect(fits(schema, [1])).toBe(true)
    expect(fits(schema, ['a'])).toBe(false)
  })

  it('may go in a circle where the value comes to an end', () => {
    const tree = {
      properties: { of: { type: 'array', items: { $ref: '#' } }, name: { type: 'string' } },
      required: ['name'],
    }
    expect(told(tree, { name: 'a', of: [{ name: 'b', of: [{ name: 1 }] }, {}] })).toEqual([
      '/of/0/of/0/name: Instance type "number" is invalid. Expected "string".',
      '/of/1: Instance does not have required property "name".',
    ])
  })

  it('are no references where they are content', () => {
    expect(fits({ const: { $ref: '#/nothing' } }, { $ref: '#/nothing' })).toBe(true)
    expect(fits({ enum: [{ $id: 'https://example.com/a' }], $defs: { a: { $id: 'https://example.com/a' } } }, 1)).toBe(
      false,
    )
    expect(fits({ properties: { $ref: { type: 'string' } } }, { $ref: 'a' })).toBe(true)
  })

  it.each<[JsonObject, string]>([
    [{ items: { $ref: '#/const' }, const: null }, '"$ref" at /items points to nothing'],
    [{ $ref: '#%' }, '"$ref" at the root points to nothing'],
    [{ $ref: 'https://[' }, '"$ref" at the root points to nothing'],
    [{ $ref: '#/toString' }, '"$ref" at the root points to nothing'],
    [{ $id: 'https://[' }, '"$id" at the root must be an address'],
    [{ dependentRequired: { a: [1] } }, '"dependentRequired" at the root'],
    [{ dependentSchemas: { a: 1 } }, '/dependentSchemas/a is no schema'],
    [{ else: 1 }, '/else is no schema'],
    [{ $defs: { a: { $ref: '#/nothing' } } }, '"$ref" at /$defs/a points to nothing'],
  ])('%j is refused', (schema, message) => {
    expect(() => compile(schema)).toThrow(
      expect.objectContaining({
        code: 'PF_CONFIG_INVALID',
        message: expect.stringContaining(message) as string,
      }) as Error,
    )
  })
})

describe('what leads back to itself', () => {
  it.each<[JsonObject, string]>([
    [{ $ref: '#' }, 'the root'],
    [{ $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, '/$defs/b'],
    [{ items: { anyOf: [{ type: 'string' }, { not: { $ref: '#/items' } }] } }, '/items/anyOf/1/not'],
    [{ dependentSchemas: { a: { if: true, then: { $dynamicRef: '#' } } } }, '/dependentSchemas/a/then'],
  ])('%j is refused', (schema, place) => {
    expect(() => compile(schema)).toThrow(`${place} leads back to itself without going down into the value`)
  })

  it.each<JsonObject>([
    { properties: { a: { $ref: '#' } }, additionalProperties: { $ref: '#' }, propertyNames: { $ref: '#' } },
    { items: { allOf: [{ $ref: '#' }] }, contains: { $ref: '#' } },
    { $defs: { allOf: { $ref: '#' } } },
    { const: { allOf: { $ref: '#' } }, $defs: { a: { $ref: '#/$defs/b' }, b: {} } },
  ])('but one part further down: %j', (schema) => {
    expect(() => compile(schema)).not.toThrow()
  })

  it('a chain of references longer than any check can go is refused', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 600 }, (_, at) => [`a${at}`, at < 599 ? { $ref: `#/$defs/a${at + 1}` } : {}]),
    )
    expect(() => compile({ $defs })).toThrow('nested too deeply')
  })
})

// Each of these took twice as long with each level, or with each part.
describe('many ways to the same parts', () => {
  const node = (op: string): JsonObject => ({
    type: 'object',
    properties: { l: { $ref: '#' }, r: { $ref: '#' }, op: { const: op } },
    required: ['op', 'l', 'r'],
  })
  const chain = (levels: number, leaf: JsonValue, lastOp = false): JsonValue => {
    let value = leaf
    for (let level = 0; level < levels; level++)
      value = lastOp ? { l: value, r: 1, op: 'mul' } : { op: 'mul', l: value, r: 1 }
    return value
  }
  // `op` as text tells no branches apart: both go all the way down.
  const alike = { ...node('add'), properties: { l: { $ref: '#' }, r: { $ref: '#' }, op: { type: 'string' } } }

  it.each([true, false])('in a recursive schema (op last: %s)', (lastOp) => {
    const schema = { oneOf: [node('add'), node('mul'), { type: 'number' }] }
    expect(told(schema, chain(90, 1, lastOp))).toEqual([])
    expect(told(schema, chain(90, 'x', lastOp)).length).toBeLessThanOrEqual(50)
    expect(told(schema, chain(3, 'x', lastOp))).toContain(
      '/l/l/l: Instance type "string" is invalid. Expected "number".',
    )
  })

  it('in branches that can not be told apart', () => {
    const both = { anyOf: [alike, alike, { type: 'number' }] }
    expect(told(both, chain(90, 1))).toEqual([])
    expect(told(both, chain(90, 'x'))).toHaveLength(50)
    expect(told({ allOf: [alike, { ...alike }] }, chain(90, {}))).toHaveLength(50)
    expect(told({ ...both, unevaluatedProperties: false }, chain(90, 1))).toEqual([])
  })

  it('in references without recursion', () => {
    const part = (at: number): JsonObject => {
      const next = { $ref: `#/$defs/a${at + 1}` }
      return at < 30 ? { anyOf: [next, next], allOf: [next, next] } : { type: 'number' }
    }
    const $defs = Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`a${at}`, part(at)]))
    expect(told({ $defs, $ref: '#/$defs/a0' }, 1)).toEqual([])
    expect(told({ $defs, $ref: '#/$defs/a0' }, 'x')).toHaveLength(50)
  })
})

describe('what older drafts wrote, and is still met', () => {
  it('lists of items by their places', () => {
    const schema = { items: [{ type: 'string' }, { type: 'number' }], additionalItems: { type: 'null' } }
    expect([['a', 1, null], [], ['a']].map((value) => fits(schema, value))).toEqual([true, true, true])
    expect([['a', 1, 2], [1], ['a', 'b']].map((value) => fits(schema, value))).toEqual([false, false, false])
    expect(told({ items: [], additionalItems: false }, [1])).toEqual([': Item "0" is not allowed.'])
    expect(fits({ items: [true], unevaluatedItems: false }, [1])).toBe(true)
    expect(fits({ items: { type: 'number' }, additionalItems: false }, [1])).toBe(true)
  })

  it('anchors as addresses', () => {
    const schema = { definitions: { a: { $id: '#it', type: 'integer' } }, items: { $ref: '#it' } }
    expect(fits(schema, [1])).toBe(true)
    expect(fits(schema, ['a'])).toBe(false)
    expect(() => compile({ $ref: '#undefined' })).toThrow('points to nothing')
  })
})

describe('a member that is undefined', () => {
  it('is none, as in JSON', () => {
    const value = { a: undefined, b: 1 }
    expect(told({ properties: { a: { type: 'string' } }, propertyNames: { const: 'b' } }, value)).toEqual([])
    expect(told({ additionalProperties: { type: 'number' }, maxProperties: 1, const: { b: 1 } }, value)).toEqual([])
    expect(told({ dependentRequired: { a: ['c'] }, unevaluatedProperties: { type: 'number' } }, value)).toEqual([])
    expect(told({ required: ['a'] }, value)).toEqual([': Instance does not have required property "a".'])
    expect(fits({ minProperties: 2 }, value)).toBe(false)
    expect(fits({ items: { type: 'string' } }, [undefined])).toBe(false)
  })
})

describe('what is told', () => {
  it.each<[JsonObject, JsonValue, string[]]>([
    [
      { additionalProperties: false },
      { 'a/b': 1, c: 2 },
      [': Property "a/b" is not allowed.', ': Property "c" is not allowed.'],
    ],
    [{ prefixItems: [true], items: false }, [1, 2], [': Item "1" is not allowed.']],
    [{ properties: { 'a/b~': { items: { maximum: 1 } } } }, { 'a/b~': [1, 2] }, ['/a~1b~0/1: 2 is greater than 1.']],
    [{ propertyNames: { maxLength: 1 } }, { ab: 1 }, ['/ab: String is too long (2 > 1).']],
    [
      { oneOf: [{ minimum: 1 }, { maximum: 2 }, { type: 'string' }] },
      1,
      [': Instance does not match exactly one subschema (2 matches).'],
    ],
    [
      { anyOf: [{ type: 'string' }, { minimum: 2 }] },
      1,
      [': Instance type "number" is invalid. Expected "string".', ': 1 is less than 2.'],
    ],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }, [': Instance has "a" but does not have "b".']],
    [
      { contains: { type: 'string' } },
      [1],
      [': Array must contain at least 1 items matching schema. 0 items were found.'],
    ],
    [{ uniqueItems: true }, [1, 2, 1], [': Duplicate items at indexes 0 and 2.']],
    [
      { required: ['a', 'b'], maxProperties: 0 },
      { a: 1 },
      [': Instance does not have required property "b".', ': Instance has more than 0 properties.'],
    ],
  ])('%j of %j', (schema, value, expected) => {
    expect(told(schema, value)).toEqual(expected)
  })

  it('a list of values that differ is looked through once', () => {
    const list = Array.from({ length: 100_000 }, (_, index) => ({ index }))
    expect(fits({ uniqueItems: true }, list)).toBe(true)
  })

  it('names are told by their beginning', () => {
    const name = 'x'.repeat(1_000_000)
    const [path, message] = [`/${'x'.repeat(100)}…`, `Property "${'x'.repeat(100)}…" is not allowed.`]
    expect(told({ additionalProperties: false }, { [name]: 1 })).toEqual([`: ${message}`])
    const deep = { additionalProperties: { additionalProperties: { type: 'string' } } }
    expect(told(deep, { [name]: { a: 1 } })).toEqual([
      `${path}/a: Instance type "number" is invalid. Expected "string".`,
    ])
  })
})

describe('the work of a check', () => {
  const fitsIn = (steps: number, schema: JsonObject, value: JsonValue): boolean =>
    compile(schema)(value, steps) === undefined
  const nested = (levels: number, leaf: JsonValue): JsonValue => (levels === 0 ? leaf : [nested(levels - 1, leaf)])
  const unique: JsonObject = {
    $ref: '#/$defs/node',
    $defs: { node: { uniqueItems: true, items: { $ref: '#/$defs/node' } } },
  }
  const leaves = Array.from({ length: 1000 }, (_, index) => ({ index, text: `leaf ${index}` }))

  it('is bounded by as many steps as are given', () => {
    expect(
      fitsIn(
        1000,
        { items: { type: 'number' } },
        Array.from({ length: 400 }, (_, index) => index),
      ),
    ).toBe(true)
    expect(
      compile({ items: { type: 'number' } })(
        leaves.map(({ index }) => index),
        1000,
      ),
    ).toEqual([{ path: '', message: 'The value takes too long to check.' }])
  })

  it('of distinct items grows with the value, not with the levels above it', () => {
    expect(fitsIn(20_000, unique, nested(1, leaves))).toBe(true)
    expect(fitsIn(20_000, unique, nested(90, leaves))).toBe(true)
  })

  it('finds items that are equal however deep, and in whatever order their names are', () => {
    const twice = (a: JsonValue, b: JsonValue): boolean => fits({ uniqueItems: true }, [nested(5, a), nested(5, b)])
    expect(twice({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(false)
    expect(twice({ a: [1, { b: null }] }, { a: [1, { b: 'null' }] })).toBe(true)
    expect(twice([1, [2]], [[1], 2])).toBe(true)
    expect(twice('[1]', [1])).toBe(true)
    expect(fits({ enum: [{ a: [1, 2] }, []] }, { a: [1, 2] })).toBe(true)
    expect(fits({ enum: [{ a: [1, 2] }, []] }, { a: [2, 1] })).toBe(false)
  })
})
