import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureCode, harness, statusText } from '../../test/harness'
import { defineSkill, type HandlerResult, type Skill } from '../agent/skill'
import { reply } from '../reply/reply'
import { jsonSchema, type Schema } from '../schema/schema'
import type { RunContext } from './run-context'

const total = jsonSchema<{ total: number }>({
  type: 'object',
  properties: { total: { type: 'number' } },
  required: ['total'],
})
const text = { type: 'string', minLength: 2 }

const state = async (output: Schema, handler: (context: RunContext) => HandlerResult): Promise<string> => {
  const skill: Skill = defineSkill({
    id: 's',
    name: 's',
    description: 's',
    output,
    handler: (_input, context) => handler(context),
  })
  const { message, task } = await harness({ skills: [skill] }).send()
  return message === undefined ? (failureCode(task) ?? task.task.status.state) : 'message'
}

describe('what a skill gives', () => {
  it.each<[string, Schema, (context: RunContext) => HandlerResult, string]>([
    ['data that fits', total, () => reply.data({ total: 3 }), 'message'],
    ['data among other parts', total, () => reply.parts([{ text: 'see' }, { data: { total: 3 } }]), 'message'],
    ['data of an artifact', total, () => reply.artifact({ parts: [{ data: { total: 3 } }] }), 'completed'],
    [
      'data that was emitted',
      total,
      (context) => {
        context.emit({ type: 'artifact', artifact: { artifactId: 'a', parts: [{ data: { total: 3 } }] } })
        return undefined
      },
      'completed',
    ],
    ['text that fits', text, () => 'ok', 'message'],
    [
      'text that was streamed',
      text,
      async function* () {
        yield 'o'
        yield 'k'
      },
      'completed',
    ],
    ['null, where that is meant', { type: 'null' }, () => reply.data(null), 'message'],
    ['zod', z.object({ total: z.number() }), () => reply.data({ total: 3 }), 'message'],
    [
      'asynchronous zod',
      z.object({ total: z.number().refine(async (one) => one > 2) }),
      () => reply.data({ total: 3 }),
      'message',
    ],
    ['data that does not fit', total, () => reply.data({ total: 'x' }), 'PF_OUTPUT_INVALID'],
    ['text for data', total, () => 'three', 'PF_OUTPUT_INVALID'],
    ['text that is too short', text, () => 'o', 'PF_OUTPUT_INVALID'],
    [
      'streamed text that is too short',
      text,
      async function* () {
        yield 'o'
      },
      'PF_OUTPUT_INVALID',
    ],
    ['nothing', total, () => undefined, 'PF_OUTPUT_INVALID'],
    ['a status only', total, () => reply.completed('done'), 'PF_OUTPUT_INVALID'],
    [
      'asynchronously wrong',
      z.object({ total: z.number().refine(async (one) => one > 3) }),
      () => reply.data({ total: 3 }),
      'PF_OUTPUT_INVALID',
    ],
    [
      'a schema that throws',
      {
        '~standard': {
          version: 1,
          vendor: 'x',
          validate: () => {
            throw new Error('boom')
          },
        },
      },
      () => 'x',
      'PF_INTERNAL',
    ],
    [
      'a schema that never answers',
      { '~standard': { version: 1, vendor: 'x', validate: () => new Promise<never>(() => {}) } },
      () => 'x',
      'PF_RUN_TIMEOUT',
    ],
    ['a question needs no output', total, () => reply.inputRequired({ prompt: '?' }), 'input-required'],
    ['nor does a rejection', total, () => reply.rejected('no'), 'rejected'],
  ])('%s', async (_, schema, handler, expected) => {
    expect(await state(schema, handler)).toBe(expected)
  })

  it('is told with the place that does not fit, and without the value', async () => {
    const skill = defineSkill({
      id: 'sum',
      name: 's',
      description: 's',
      output: total,
      handler: () => reply.data({ total: 'sk-secret' }),
    })
    const failed = await harness({ skills: [skill] }).sendTask()
    expect(statusText(failed)).toBe(
      'The skill "sum" gave output that does not match its schema: /total: Instance type "string" is invalid. Expected "number".',
    )
  })
})
