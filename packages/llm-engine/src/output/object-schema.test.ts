import { compileSchema, jsonSchema } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { objectSchema } from './object-schema'

it('a schema that has itself in it still means itself where it is wrapped', () => {
  const tree = jsonSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'array',
    items: { anyOf: [{ $ref: '#' }, { $ref: '#/$defs/leaf' }, { const: { $ref: '#' } }] },
    $defs: { leaf: { type: 'object', properties: { $ref: { type: 'string' }, more: { $ref: '#/items' } } } },
  })
  expect(objectSchema(tree, 'it')).toMatchObject({
    isWrapped: true,
    shown: {
      type: 'object',
      properties: {
        value: {
          type: 'array',
          items: { anyOf: [{ $ref: '#/properties/value' }, { $ref: '#/$defs/leaf' }, { const: { $ref: '#' } }] },
        },
      },
      $defs: {
        leaf: { properties: { $ref: { type: 'string' }, more: { $ref: '#/properties/value/items' } } },
      },
      required: ['value'],
      additionalProperties: false,
    },
  })
})

it('a schema that has a name is found by it where it is wrapped', async () => {
  const node = { $anchor: 'node', type: 'array', items: { $ref: '#node' } } as const
  const { schema, shown } = objectSchema(jsonSchema(node), 'it')
  expect(shown).toMatchObject({ properties: { value: node } })
  const wrapped = compileSchema(jsonSchema(shown))
  for (const value of [[], [[], [[]]], [[1]], 1]) {
    expect('issues' in (await wrapped.check({ value }))).toBe('issues' in (await schema.check(value)))
  }
})

it.each(['default', 'const', 'enum', 'examples', '$ref', 'properties'])(
  'a property or a definition may be called %s where a schema is wrapped',
  (name) => {
    const part = (ref: string) => ({ type: 'object', properties: { [name]: { $ref: ref } } })
    const { shown } = objectSchema(
      jsonSchema({ type: 'array', items: part('#'), $defs: { [name]: part('#/items') } }),
      'it',
    )
    expect(shown).toMatchObject({
      properties: { value: { items: part('#/properties/value') } },
      $defs: { [name]: part('#/properties/value/items') },
    })
  },
)

it('a schema that has no JSON form is refused in the words of its library', () => {
  const validate = (value: unknown) => ({ value })
  const silent = { '~standard': { version: 1 as const, vendor: 'test', validate } }
  const cannot = (): never => {
    throw new Error('Date cannot be represented in JSON Schema.')
  }
  const telling = { '~standard': { ...silent['~standard'], jsonSchema: { input: cannot, output: cannot } } }
  expect(() => objectSchema(telling, 'the tool "book"')).toThrow(
    expect.objectContaining({
      code: 'PF_CONFIG_INVALID',
      message:
        'The schema of the tool "book" can not be told to a model: it has no JSON Schema. Its library says: Date cannot be represented in JSON Schema. Take what is JSON, and turn it into what you need by a transform.',
    }) as Error,
  )
  expect(() => objectSchema(silent, 'it')).toThrow(/its library gives no JSON Schema\. Use zod 4\.2/)
})
