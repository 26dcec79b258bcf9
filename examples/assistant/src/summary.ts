import { defineSkill, jsonSchema } from '@pf-agents/agent-core'

/** What a summary is made of. */
export type Summary = { title: string; points: string[] }

/** A skill without a handler: the model carries it out, and is held to the schema. */
export const summary = defineSkill({
  id: 'summary',
  name: 'Summary',
  description: 'Sums up the notes of this conversation',
  tags: ['notes'],
  examples: ['Sum up my notes'],
  instructions: 'Read the notes, then sum them up. The title has at most five words; each point is one note, in order.',
  input: jsonSchema<string>({ type: 'string' }),
  output: jsonSchema<Summary>({
    type: 'object',
    properties: { title: { type: 'string' }, points: { type: 'array', items: { type: 'string' } } },
    required: ['title', 'points'],
    additionalProperties: false,
  }),
})
