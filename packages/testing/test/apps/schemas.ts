import { defineAgent, defineSkill, jsonSchema, reply } from '@pf-agents/agent-core'

const letters = { type: 'string', maxLength: 10, pattern: '^([a-z]|[0-9])*$' }

const kinds = Array.from({ length: 20 }, (_, index) => ({
  type: 'object',
  properties: { kind: { const: `kind ${index}` }, text: { type: 'string' } },
  required: ['kind', 'text'],
  additionalProperties: false,
}))

/** What a value, a text mostly, is checked against, by the skill that does so. */
export const schemasOf: Record<string, object> = {
  'one of 20 kinds each': { type: 'array', items: { oneOf: kinds } },
  'distinct at all levels': { type: ['array', 'string'], uniqueItems: true, items: { $ref: '#/properties/text' } },
  'at most 10': { type: 'string', maxLength: 10 },
  'at most 10, in many ways': {
    anyOf: Array.from({ length: 20 }, (_, index) => ({ type: 'string', maxLength: 10 + index })),
  },
  'at most 600,000': { type: 'string', maxLength: 600_000 },
  'at most 2,000,000': { type: 'string', maxLength: 2_000_000 },
  'at least 600,000': { type: 'string', minLength: 600_000 },
  'at most 10 letters': letters,
  ...Object.fromEntries(
    [
      'date',
      'time',
      'date-time',
      'duration',
      'uri',
      'uri-reference',
      'uri-template',
      'url',
      'email',
      'hostname',
      'ipv4',
      'ipv6',
      'regex',
      'uuid',
      'json-pointer',
      'relative-json-pointer',
    ].map((format) => [format, { type: 'string', format }]),
  ),
}

/** Skills that take a text of a schema, and say whether they were given one. */
export const schemas = defineAgent({
  name: 'schemas',
  description: 'Checks texts',
  version: '1.0.0',
  skills: Object.entries(schemasOf).map(([id, text]) =>
    defineSkill({
      id,
      name: id,
      description: `Takes a text: ${id}`,
      tags: ['text'],
      input: jsonSchema<{ text: string }>({ type: 'object', properties: { text }, required: ['text'] }),
      handler: () => reply.text('It fits.'),
    }),
  ),
})
