import {
  defineSkill,
  defineTool,
  type Interrupt,
  jsonSchema,
  reply,
  type RunContext,
  type StoredTask,
  type Tool,
} from '@pf-agents/agent-core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { codeOf, loopHarness, messagesOf, texts } from '../../test/loop-harness'
import type { FakeTurn } from '../testing'

const city = jsonSchema<{ city: string }>({
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
})
const open = ({ facts }: StoredTask): Interrupt[] => (facts.interrupts ?? []).filter(({ status }) => status === 'open')

/** A tool that needs an approval, and one that does not; what they did. */
function tools() {
  const ran: string[] = []
  const send: Tool = {
    name: 'send',
    description: 'Sends',
    needsApproval: true,
    run: (_, { toolCallId }) => void ran.push(`send ${toolCallId}`) as never,
  }
  const look: Tool = { name: 'look', description: 'Looks', run: () => void ran.push('look') as never }
  return { ran, tools: [send, look] }
}

describe('a handler that calls the model', () => {
  it('gets text, data of the schema, usage', async () => {
    const results: unknown[] = []
    const test = loopHarness([{ text: 'Rome.' }, { text: '{"city":"Rome"}' }], {
      instructions: 'Be kind.',
      async onMessage({ text }, ctx) {
        const { run } = ctx.llm
        const first = await run({ prompt: `Which city? ${text}` })
        expectTypeOf(first.data).toEqualTypeOf<undefined>()
        const second = await run({
          prompt: 'As data.',
          instructions: 'Be exact.',
          output: city,
          settings: { temperature: 0 },
        })
        expectTypeOf(second.data).toEqualTypeOf<{ city: string }>()
        results.push(first, second)
        return reply.text(second.data.city)
      },
    })
    const task = await test.send('There')
    expect(texts(task)).toEqual(['Rome'])
    expect(results).toMatchObject([
      { text: 'Rome.', data: undefined, turns: 1, usage: { inputTokens: 10 } },
      { data: { city: 'Rome' }, turns: 1 },
    ])
    expect(messagesOf(test, 0)).toEqual([
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: 'Which city? There' },
    ])
    expect(test.provider.requests[1]?.body).toMatchObject({ temperature: 0 })
    expect(task.facts.usage).toMatchObject({ turns: 2 })
  })

  it('has the conversation by default, and may stream to the caller', async () => {
    const test = loopHarness(() => ({ text: 'Hello.' }), {
      async onMessage(_, { llm }) {
        await llm.run({ stream: true })
      },
    })
    const { task, ...rest } = await test.send('One')
    expect(texts({ task, ...rest })).toEqual(['Hello.'])
    await test.send('Two', { contextId: task.contextId })
    expect(messagesOf(test, 1).map(({ content }) => content)).toEqual(['One', 'Hello.', 'Two'])
  })

  it('may give it tools of its own, messages, and fewer turns', async () => {
    const shout = defineTool({
      name: 'shout',
      description: 'Shouts',
      input: city,
      run: ({ city: name }) => name.toUpperCase(),
    })
    const turn: FakeTurn = { toolCalls: [{ name: 'shout', arguments: { city: 'rome' } }] }
    const test = loopHarness([turn, turn], {
      tools: tools().tools,
      onMessage: async (_, { llm }) =>
        (
          await llm.run({
            messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
            tools: [shout as Tool],
            maxTurns: 1,
          })
        ).text,
    })
    expect(codeOf(await test.send('x'))).toBe('PF_BUDGET_EXCEEDED')
    const shown = test.provider.requests[0]?.body['tools'] as { function: { name: string } }[]
    expect(shown.map((one) => one.function.name)).toEqual(['shout'])
  })

  it('is told where there is no model', async () => {
    const agent = {
      model: undefined as never,
      onMessage: async (_: unknown, { llm }: RunContext) => (await llm.run()).text,
    }
    expect(codeOf(await loopHarness([], agent).send('x'))).toBe('PF_CONFIG_INVALID')
  })

  it('may use one in a skill, with its instructions', async () => {
    const skill = defineSkill({
      id: 's',
      name: 'S',
      description: 'S',
      instructions: 'As a skill.',
      handler: async (_, { llm }) => (await llm.run({ prompt: 'x' })).text,
    })
    const test = loopHarness([{ text: 'ok' }], { skills: [skill], instructions: 'Be kind.' })
    const message = {
      messageId: 'm',
      role: 'user' as const,
      parts: [{ text: 'x' }],
      metadata: { 'urn:pf-agents:a2a:skill:v1': 's' },
    }
    await test.clock.until(test.submit('x', { message }).outcome)
    expect(messagesOf(test, 0)[0]?.content).toBe('Be kind.\n\nAs a skill.')
  })
})

describe('a handler whose model has to wait', () => {
  const send: FakeTurn = { toolCalls: [{ name: 'send' }, { name: 'look' }] }

  it('goes on after the answer, after a restart too: what was over is not done again', async () => {
    const { ran, tools: list } = tools()
    let passes = 0
    const test = loopHarness([{ toolCalls: [{ name: 'look' }] }, { text: 'First.' }, send, { text: 'Second.' }], {
      tools: list,
      async onMessage(_, { llm }) {
        passes++
        const first = await llm.run({ prompt: 'one' })
        const second = await llm.run({ prompt: 'two' })
        return reply.text(`${first.text} ${second.text}`)
      },
    })
    const asked = await test.send('go')
    expect([asked.task.status.state, ran, passes]).toEqual(['input-required', ['look', 'look'], 1])
    const { task } = await test.clock.until(test.submit('yes', { taskId: asked.task.id }, test.restarted()).outcome)
    expect([task && texts(task), passes]).toEqual([['First. Second.'], 2])
    expect(ran).toEqual(['look', 'look', 'send call_3_0'])
    expect(test.provider.requests).toHaveLength(4)
  })

  it('goes on though its prompt is made of the message, which is the answer now', async () => {
    const { ran, tools: list } = tools()
    const test = loopHarness([send, { text: 'Sent.' }], {
      tools: list,
      onMessage: async ({ text }, { llm }) => (await llm.run({ prompt: text })).text,
    })
    const { task } = await test.send('mail ada')
    expect(texts(await test.send('yes', { taskId: task.id }))).toEqual(['Sent.'])
    expect([ran, test.provider.requests.length]).toEqual([['look', 'send call_1_0'], 2])
    expect(messagesOf(test, 1)[0]?.content).toBe('mail ada')
  })

  it('asks what loops side by side ask together; none of them begins anew', async () => {
    const { ran, tools: list } = tools()
    const test = loopHarness(
      ({ body }) => {
        const messages = body['messages'] as { role: string; content: string }[]
        return messages.at(-1)?.role === 'tool'
          ? { text: `${messages[0]?.content}!` }
          : messages[0]?.content === 'c'
            ? { text: 'c' }
            : send
      },
      {
        tools: list,
        async onMessage(_, { llm }) {
          const all = await Promise.all(['a', 'b', 'c'].map((prompt) => llm.run({ prompt, key: prompt })))
          return reply.text(all.map(({ text }) => text).join(' '))
        },
      },
    )
    const asked = await test.send('go')
    expect([open(asked).length, ran]).toEqual([2, ['look', 'look']])
    const answers = open(asked).map(({ id }) => ({ interruptId: id, status: 'resolved' as const, payload: true }))
    const task = await test.send('', { taskId: asked.task.id, answers })
    expect([texts(task), ran.length, test.provider.requests.length]).toEqual([['a! b! c'], 4, 5])
  })

  it('no other request goes on in its place: one that may be it is refused before anything runs', async () => {
    const { ran, tools: list } = tools()
    let passes = 0
    const test = loopHarness([send, { text: 'Paid.' }, send], {
      tools: list,
      async onMessage(_, { llm }) {
        if (passes++ > 0) await llm.run({ prompt: 'what was not asked before' })
        return (await llm.run({ prompt: 'pay the rent' })).text
      },
    })
    const { task } = await test.send('go')
    const failed = await test.send('yes', { taskId: task.id })
    expect(failed.task.status.state).toBe('failed')
    expect(JSON.stringify(failed.task.status.message)).toContain('PF_CONFIG_INVALID')
    expect([ran, test.provider.requests.length]).toEqual([['look'], 1])
  })

  it('does not take the answer of one request for that of another', async () => {
    const test = loopHarness(
      ({ body }) => ({ text: `To ${(body['messages'] as { content: string }[])[0]?.content}` }),
      {
        async onMessage(_, ctx) {
          const day = ctx.slots['day']
          const { text } = await ctx.llm.run({ prompt: day === undefined ? 'before' : 'after' })
          return day === undefined ? reply.inputRequired({ prompt: text, slot: 'day' }) : reply.text(text)
        },
      },
    )
    const asked = await test.send('go')
    expect(open(asked)[0]?.prompt).toBe('To before')
    expect(texts(await test.send('Monday', { taskId: asked.task.id }))).toEqual(['To after'])
  })

  it('does not take data of one form for that of another, though all else is the same', async () => {
    const form = (name: string) =>
      jsonSchema<Record<string, string>>({
        type: 'object',
        properties: { [name]: { type: 'string' } },
        required: [name],
      })
    const test = loopHarness([{ text: '{"street":"S"}' }, { text: '{"name":"N"}' }], {
      async onMessage(_, { llm, slots }) {
        const read = async (name: string): Promise<string> =>
          (await llm.run({ prompt: 'the document', output: form(name), tools: [] })).data[name] ?? ''
        if (slots['day'] !== undefined) return reply.text(`${await read('name')} ${await read('street')}`)
        return reply.inputRequired({ prompt: await read('street'), slot: 'day' })
      },
    })
    const { task } = await test.send('go')
    expect(texts(await test.send('Monday', { taskId: task.id }))).toEqual(['N S'])
  })

  it('a tool may do the same', async () => {
    const { ran, tools: list } = tools()
    const deep: Tool = {
      name: 'deep',
      description: 'Thinks',
      run: async (_, { context, toolCallId }) =>
        (await context.llm.run({ key: toolCallId, prompt: 'deep', tools: list })).text,
    }
    const test = loopHarness([{ toolCalls: [{ name: 'deep' }] }, send, { text: 'Deep.' }, { text: 'Done.' }], {
      tools: [deep],
    })
    const asked = await test.send('go')
    expect(open(asked)).toMatchObject([{ kind: 'approval', toolCallId: 'call_2_0' }])
    const task = await test.send('yes', { taskId: asked.task.id })
    expect([texts(task), ran]).toEqual([['Done.'], ['look', 'send call_2_0']])
  })

  it('takes a cancelled question of a tool for a no to that call: what was approved beside it is done', async () => {
    const { ran, tools: list } = tools()
    const test = loopHarness(
      ({ body }) => {
        const messages = body['messages'] as unknown as { role: string; content: string }[]
        const last = messages.at(-1)
        return last?.role === 'tool'
          ? { text: `${messages[0]?.content}: ${last.content}` }
          : { toolCalls: [{ name: 'send' }] }
      },
      {
        tools: list,
        async onMessage(_, { llm }) {
          const all = await Promise.all(['a', 'b'].map((prompt) => llm.run({ prompt })))
          return reply.text(all.map(({ text }) => text).join(' '))
        },
      },
    )
    const asked = await test.send('go')
    const [a, b] = open(asked)
    const taskId = asked.task.id
    await test.send('', { taskId, answers: [{ interruptId: a?.id ?? '', status: 'resolved', payload: true }] })
    const task = await test.send('', { taskId, answers: [{ interruptId: b?.id ?? '', status: 'cancelled' }] })
    expect([task.task.status.state, ran.length]).toEqual(['completed', 1])
    expect(texts(task)).toEqual(['a: Done. b: The call was denied: Nobody answered. Do not try it again.'])
  })

  it('still ends as canceled where its own question is', async () => {
    const test = loopHarness([], { onMessage: () => reply.inputRequired({ prompt: 'Which day?' }) })
    const asked = await test.send('go')
    const answers = [{ interruptId: open(asked)[0]?.id ?? '', status: 'cancelled' as const }]
    expect((await test.send('', { taskId: asked.task.id, answers })).task.status.state).toBe('canceled')
  })
})
