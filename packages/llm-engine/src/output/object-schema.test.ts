import { jsonSchema } from '@pf-agents/agent-core'
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
