import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { JsonValue } from '../model/json'
import { reply } from '../reply/reply'
import type { RunContext } from '../runtime/run-context'
import { jsonSchema, type SchemaOutput } from '../schema/schema'
import { defineTool } from '../tool/tool'
import { defineAgent } from './agent'
import { defineSkill, type Skill } from './skill'

const about = { id: 's', name: 'S', description: 'd' }

test("a handler's input is what the schema makes of it", () => {
  defineSkill({
    ...about,
    input: z.object({ city: z.string(), days: z.coerce.number().default(1) }),
    handler: (input, context) => {
      expectTypeOf(input).toEqualTypeOf<{ city: string; days: number }>()
      expectTypeOf(context).toEqualTypeOf<RunContext>()
      return reply.text(input.city)
    },
  })
  defineSkill({
    ...about,
    input: v.object({ city: v.pipe(v.string(), v.transform(Number)) }),
    handler: (input) => {
      expectTypeOf(input).toEqualTypeOf<{ city: number }>()
      return 'x'
    },
  })
  defineSkill({
    ...about,
    input: jsonSchema<{ city: string }>({ type: 'object' }),
    handler: (input) => {
      expectTypeOf(input).toEqualTypeOf<{ city: string }>()
      return undefined
    },
  })
  defineSkill({
    ...about,
    input: { type: 'object' },
    handler: (input) => {
      expectTypeOf(input).toEqualTypeOf<JsonValue>()
      return reply.completed()
    },
  })
  defineSkill({
    ...about,
    handler: (input) => {
      expectTypeOf(input).toEqualTypeOf<JsonValue>()
      return reply.completed()
    },
  })
})

test('a handler gives a reply, a string, nothing, or a stream of them, now or later', () => {
  const ways = [
    defineSkill({ ...about, handler: () => {} }),
    defineSkill({ ...about, handler: async () => reply.text('x') }),
    defineSkill({
      ...about,
      async *handler() {
        yield 'a'
        yield reply.completed()
      },
    }),
    defineSkill({
      ...about,
      async *handler() {
        yield { type: 'step-start', name: 's' } as const
        return reply.completed()
      },
    }),
    defineSkill({
      ...about,
      handler: async () =>
        (async function* () {
          yield 'a'
        })(),
    }),
  ]
  expectTypeOf(ways).toEqualTypeOf<Skill[]>()
  // @ts-expect-error a number is no reply
  defineSkill({ ...about, handler: () => 7 })
  // @ts-expect-error nor is an object of one's own
  defineSkill({ ...about, handler: async () => ({ text: 'x' }) })
  const numbers = async function* () {
    yield 7
  }
  // @ts-expect-error nor may a stream give one
  defineSkill({ ...about, handler: numbers })
  // @ts-expect-error a skill has a description
  defineSkill({ id: 's', name: 'S', handler: () => 'x' })
  // @ts-expect-error the input is not a number
  defineSkill({ ...about, input: z.string(), handler: (input: number) => `${input}` })
})

test('an agent takes skills of different inputs', () => {
  const agent = defineAgent({
    name: 'a',
    description: 'd',
    version: '1',
    skills: [
      defineSkill({ ...about, input: z.string(), handler: (text) => text }),
      defineSkill({ ...about, id: 't', input: z.number(), handler: (count) => `${count}` }),
    ],
    onMessage: (message, { slots, state }) => {
      expectTypeOf(message.text).toEqualTypeOf<string>()
      expectTypeOf(slots.day).toEqualTypeOf<JsonValue | undefined>()
      expectTypeOf(state.task.get('x')).toEqualTypeOf<JsonValue | undefined>()
      return 'x'
    },
  })
  expectTypeOf(agent.skills).toEqualTypeOf<readonly Skill[]>()
})

test("a tool's arguments are what its schema makes of them", () => {
  defineTool({
    name: 'add',
    description: 'd',
    input: z.object({ a: z.number() }),
    needsApproval: ({ a }) => a > 10,
    run: ({ a }) => {
      expectTypeOf(a).toEqualTypeOf<number>()
      return a
    },
  })
  // @ts-expect-error a date is not JSON
  defineTool({ name: 'now', description: 'd', input: { type: 'object' }, run: () => new Date() })
})

test('SchemaOutput', () => {
  expectTypeOf<SchemaOutput<ReturnType<typeof jsonSchema<{ a: 1 }>>>>().toEqualTypeOf<{ a: 1 }>()
  expectTypeOf<SchemaOutput<{ type: 'object' }>>().toEqualTypeOf<JsonValue>()
  expectTypeOf<SchemaOutput<z.ZodDate>>().toEqualTypeOf<Date>()
})
