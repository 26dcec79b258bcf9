// Bugs seen in other integrations of AG-UI, one test for each: questions, their answers, and tools of the page.
import {
  bind,
  conversationPort,
  createMemoryStores,
  defineFeature,
  type Interrupt,
  keyValuePort,
  reply,
  runStorePort,
} from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { clients } from '../test/clients'
import { anyModel, engineFeature, waits } from '../test/engine'
import { inputOf, local, terminals, typesOf } from '../test/local'
import { wireEvents } from '../test/read-stream'

const ask = (prompt = 'Sure?', more: Partial<Interrupt> = {}) =>
  ({ kind: 'input', prompt, slot: 'sure', ...more }) as const

/** An agent that asks once, and says what it was told. */
const asking = {
  onMessage: (_message: unknown, { slots }: { slots: Readonly<Record<string, unknown>> }) =>
    Object.hasOwn(slots, 'sure') ? reply.text(`Told: ${JSON.stringify(slots['sure'])}`) : reply.inputRequired(ask()),
}

const textOf = (events: { type: string; delta?: string }[]): string =>
  events.flatMap((event) => (event.type === 'TEXT_MESSAGE_CONTENT' ? event.delta : [])).join('')

const resolved = (interruptId: string, payload?: unknown) => ({
  interruptId,
  status: 'resolved',
  ...(payload !== undefined && { payload }),
})

describe('bugs of other integrations: questions', () => {
  it('bug 6: a call that waits is seen before the question; a resume sends its result alone; page tools are offered again', async () => {
    const offered: string[][] = []
    const made = local({
      async *onMessage(_message, context) {
        offered.push(context.clientTools.map(({ name }) => name))
        if (context.slots['sure'] === undefined) {
          yield { type: 'tool-call-start', toolCallId: 'pay', name: 'pay' }
          yield { type: 'tool-call-delta', toolCallId: 'pay', delta: '{"amount":1}' }
          yield { type: 'tool-call-end', toolCallId: 'pay' }
          yield {
            reply: 'suspended',
            state: 'input-required',
            interrupts: [ask('Pay?', { kind: 'approval', toolCallId: 'pay' })],
          }
          return
        }
        yield { type: 'tool-result', toolCallId: 'pay', parts: [{ text: 'paid' }] }
        yield reply.text('Paid.')
      },
    })
    const tools = [{ name: 'show', description: 'Shows' }]
    const input = inputOf('pay', { tools })
    const first = await made.run(input)
    expect(typesOf(first)).toEqual([
      'RUN_STARTED',
      'TOOL_CALL_START',
      'TOOL_CALL_ARGS',
      'TOOL_CALL_END',
      'RUN_FINISHED',
    ])
    const { interrupts } = first.at(-1).outcome
    expect(interrupts).toMatchObject([{ toolCallId: first[1].toolCallId, reason: 'tool_call', message: 'Pay?' }])
    const messages = [
      ...input.messages,
      {
        id: 'a',
        role: 'assistant',
        toolCalls: [
          { id: first[1].toolCallId, type: 'function', function: { name: 'pay', arguments: '{"amount":1}' } },
        ],
      },
    ]
    const next = await made.run({ ...input, messages, runId: 'next', resume: [resolved(interrupts[0].id, true)] })
    expect(typesOf(next)).toEqual([
      'RUN_STARTED',
      'TOOL_CALL_RESULT',
      'TEXT_MESSAGE_START',
      'TEXT_MESSAGE_CONTENT',
      'TEXT_MESSAGE_END',
      'RUN_FINISHED',
    ])
    expect(next[1]).toMatchObject({ toolCallId: first[1].toolCallId, content: 'paid' })
    expect(offered).toEqual([['show'], ['show']])
  })

  it('bug 7: two questions at once are both asked, and answered in one resume, one of them given up', async () => {
    const given: unknown[] = []
    const made = local(
      { model: anyModel },
      {
        add: [
          engineFeature(
            () => waits([ask('One?', { slot: 'one' }), ask('Two?', { slot: 'two' })]),
            ({ context }) => {
              given.push(...context.answers)
              return reply.text('Both settled.')
            },
          ),
        ],
      },
    )
    const input = inputOf('go')
    const { interrupts } = (await made.run(input)).at(-1).outcome
    expect(interrupts).toMatchObject([{ message: 'One?' }, { message: 'Two?' }])
    const resume = [resolved(interrupts[0].id, 0), { interruptId: interrupts[1].id, status: 'cancelled' }]
    const next = await made.run({ ...input, runId: 'next', resume })
    expect(textOf(next)).toBe('Both settled.')
    expect(given).toEqual([
      { interruptId: interrupts[0].id, status: 'resolved', payload: 0 },
      { interruptId: interrupts[1].id, status: 'cancelled' },
    ])
  })

  it('bug 8: falsy answers are answers; none is another thing', async () => {
    const seen: unknown[] = []
    const made = local({
      onMessage: (_message, context) => {
        if (context.answers.length === 0) return reply.inputRequired(ask())
        seen.push(context.answers.map((one) => ('payload' in one ? one.payload : 'absent'))[0])
        return reply.text('ok')
      },
    })
    const payloads = [false, 0, '', [], {}, undefined]
    for (const payload of payloads) {
      const input = inputOf('go')
      const [{ id }] = (await made.run(input)).at(-1).outcome.interrupts
      await made.run({ ...input, runId: `${input.runId}b`, resume: [resolved(id, payload)] })
    }
    expect(seen).toEqual([false, 0, '', [], {}, 'absent'])
  })

  it('bug 9: a resume that sends less than the server has, and a second question in the same conversation', async () => {
    const made = local(asking)
    const threadId = 'long'
    const first = inputOf('one', { threadId })
    const [one] = (await made.run(first)).at(-1).outcome.interrupts
    expect(textOf(await made.run({ ...first, runId: 'r-a', messages: [], resume: [resolved(one.id, 1)] }))).toBe(
      'Told: 1',
    )
    const second = inputOf('two', { threadId })
    const [two] = (await made.run(second)).at(-1).outcome.interrupts
    expect(two.id).not.toBe(one.id)
    expect(textOf(await made.run({ ...second, runId: 'r-b', messages: [], resume: [resolved(two.id, 2)] }))).toBe(
      'Told: 2',
    )
  })

  it.each(clients)(
    'bug 10: after a resume and after a re-join the history is the same, once ($version)',
    async (version) => {
      const made = local({
        async *onMessage(_message, context) {
          if (context.slots['sure'] === undefined) {
            yield { type: 'text-start', messageId: 'intro' }
            yield { type: 'text-delta', messageId: 'intro', delta: 'First ' }
            yield { type: 'text-end', messageId: 'intro' }
            yield { type: 'tool-call-start', toolCallId: 'c', name: 'look', messageId: 'intro' }
            yield { type: 'tool-call-end', toolCallId: 'c' }
            yield { type: 'tool-result', toolCallId: 'c', parts: [{ text: 'seen' }] }
            yield reply.inputRequired(ask())
          } else yield reply.text('Then this.')
        },
      })
      const agent = made.client('history', version)
      for (const word of ['one', 'two']) {
        agent.addMessage({ id: `u-${word}`, role: 'user', content: word })
        let interruptId = ''
        await agent.runAgent(
          { runId: `${word}1` },
          {
            onRunFinishedEvent: ({ event }) =>
              void (interruptId =
                (event as never as { outcome: { interrupts: { id: string }[] } }).outcome.interrupts[0]?.id ?? ''),
          },
        )
        await agent.runAgent({ runId: `${word}2`, resume: [{ interruptId, status: 'resolved', payload: 'yes' }] })
      }
      const roles = ['user', 'assistant', 'tool', 'assistant']
      expect(agent.messages.map(({ role }) => role)).toEqual([...roles, ...roles])
      expect(new Set(agent.messages.map(({ id }) => id)).size).toBe(8)
      // Somebody else with nothing, and the same one again.
      const fresh = new version.HttpAgent({
        url: 'http://agent.test/agui/threads/history/connect',
        threadId: 'history',
        fetch: (url, init) => made.fetch(String(url), init),
      })
      await fresh.runAgent({ runId: 'look' })
      expect(fresh.messages).toEqual(agent.messages)
      Object.assign(agent, { url: 'http://agent.test/agui/threads/history/connect' })
      const before = structuredClone(agent.messages)
      await agent.runAgent({ runId: 'look-again' })
      expect(agent.messages).toEqual(before)
    },
  )

  it('bug 11: a call of a page tool gets no result that nobody gave; the run is a success that waits for it', async () => {
    const made = local({
      async *onMessage() {
        yield { type: 'tool-call-start', toolCallId: 'back', name: 'lookup' }
        yield { type: 'tool-call-end', toolCallId: 'back' }
        yield { type: 'tool-result', toolCallId: 'back', parts: [{ text: 'done' }] }
        yield { type: 'tool-call-start', toolCallId: 'front', name: 'show' }
        yield { type: 'tool-call-end', toolCallId: 'front' }
        yield {
          reply: 'suspended',
          state: 'input-required',
          interrupts: [{ kind: 'client-tool', prompt: 'show', toolCallId: 'front' }],
        }
      },
    })
    const events = await made.run(inputOf('go', { tools: [{ name: 'show', description: 'Shows' }] }))
    const front = events.find(({ toolCallName }) => toolCallName === 'show').toolCallId
    expect(events.filter(({ type }) => type === 'TOOL_CALL_RESULT')).toHaveLength(1)
    expect(events.at(-1).outcome).toEqual({ type: 'success', pendingToolCallIds: [front] })
  })

  it('a user who goes on rather than answer a page tool begins anew, and the old call is over', async () => {
    const made = local({
      onMessage: (message) =>
        message.text === 'call'
          ? (async function* () {
              yield { type: 'tool-call-start', toolCallId: 'front', name: 'show' } as const
              yield { type: 'tool-call-end', toolCallId: 'front' } as const
              yield {
                reply: 'suspended' as const,
                state: 'input-required' as const,
                interrupts: [{ kind: 'client-tool' as const, prompt: 'show', toolCallId: 'front' }],
              }
            })()
          : reply.text(`Heard: ${message.text}`),
    })
    const tools = [{ name: 'show', description: 'Shows' }]
    const first = inputOf('call', { tools })
    await made.run(first)
    const next = await made.run(inputOf('never mind', { threadId: first.threadId, tools }))
    expect(textOf(next)).toBe('Heard: never mind')
  })

  it('bug 14: the same resume from two tabs does its work once', async () => {
    let count = 0
    const made = local({
      onMessage: async (_message, { slots }) => {
        if (slots['sure'] === undefined) return reply.inputRequired(ask())
        count++
        await new Promise((resolve) => setTimeout(resolve, 20))
        return reply.text('sent')
      },
    })
    const input = inputOf('send')
    const [{ id }] = (await made.run(input)).at(-1).outcome.interrupts
    const answers = await Promise.all(
      ['tab1', 'tab2', 'tab3'].map((runId) => made.post({ ...input, runId, resume: [resolved(id, true)] })),
    )
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b)
    expect(statuses).toEqual([200, 409, 409])
    for (const answer of answers) {
      const text = await answer.text()
      if (answer.status === 409) expect(JSON.parse(text).error.code).toBe('PF_INTERRUPT_ANSWERED')
      else expect(textOf(wireEvents(text))).toBe('sent')
    }
    expect(count).toBe(1)
  })

  it('bug 15: another process goes on, from the store alone', async () => {
    const stores = createMemoryStores()
    const shared = () =>
      defineFeature({
        name: 'shared-store',
        targets: ['node'],
        provides: [runStorePort, conversationPort, keyValuePort],
        setup: () => ({
          ports: [
            bind(runStorePort, stores.runStore),
            bind(conversationPort, stores.conversation),
            bind(keyValuePort, stores.keyValue),
          ],
        }),
      })
    const input = inputOf('go')
    const one = local(asking, { add: [shared() as never] })
    const [{ id }] = (await one.run(input)).at(-1).outcome.interrupts
    const two = local(asking, { add: [shared() as never] })
    expect(textOf(await two.run({ ...input, runId: 'b', resume: [resolved(id, 'yes')] }))).toBe('Told: "yes"')
  })

  it('an answer that does not fit is refused before the stream, and the question stays open', async () => {
    const made = local({
      onMessage: (_message, { slots }) =>
        slots['sure'] === undefined
          ? reply.inputRequired({ prompt: 'How many?', slot: 'sure', schema: { type: 'integer' } })
          : reply.text(`Told: ${String(slots['sure'])}`),
    })
    const input = inputOf('go')
    const [{ id, responseSchema }] = (await made.run(input)).at(-1).outcome.interrupts
    expect(responseSchema).toEqual({ type: 'integer' })
    const refused = await made.post({ ...input, runId: 'bad', resume: [resolved(id, 'three')] })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ error: { code: 'PF_INTERRUPT_MISFIT', details: { interruptId: id } } })
    expect(textOf(await made.run({ ...input, runId: 'good', resume: [resolved(id, 3)] }))).toBe('Told: 3')
  })

  it('answers to questions that there never were are left out; with nothing else they are refused', async () => {
    const made = local(asking)
    const input = inputOf('go')
    const [{ id }] = (await made.run(input)).at(-1).outcome.interrupts
    const resume = [resolved('made-up', 1), resolved(id, 2)]
    expect(textOf(await made.run({ ...input, runId: 'b', resume }))).toBe('Told: 2')
    const refused = await made.post({ ...input, runId: 'c', resume: [resolved('made-up', 1)] })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { code: 'PF_INTERRUPT_UNKNOWN' } })
  })

  it('a run that does not answer an open question is asked again, and works on nothing', async () => {
    let calls = 0
    const made = local({
      onMessage: () => {
        calls++
        return reply.inputRequired(ask())
      },
    })
    const input = inputOf('go')
    const [{ id }] = (await made.run(input)).at(-1).outcome.interrupts
    const again = await made.run(inputOf('something else', { threadId: input.threadId }))
    expect(typesOf(again)).toEqual(['RUN_STARTED', 'RUN_FINISHED'])
    expect(again.at(-1).outcome.interrupts).toMatchObject([{ id, message: 'Sure?' }])
    expect(calls).toBe(1)
  })

  it('an expired question ends its task: a late answer is refused, giving up is told as canceled, a new message goes on', async () => {
    const clock = createFakeClock()
    const made = local(
      {
        onMessage: (message) =>
          message.text === 'ask'
            ? reply.inputRequired({
                prompt: 'Quick?',
                slot: 'sure',
                expiresAt: new Date(clock.now() + 30).toISOString(),
              })
            : reply.text('on'),
      },
      { app: { clock } },
    )
    const input = inputOf('ask')
    const [{ id, expiresAt }] = (await made.run(input)).at(-1).outcome.interrupts
    expect(Date.parse(expiresAt)).toBeGreaterThan(0)
    await clock.advance(50)
    const late = await made.post({ ...input, runId: 'late', resume: [resolved(id, 'yes')] })
    expect(late.status).toBe(409)
    expect(await late.json()).toMatchObject({ error: { code: 'PF_INTERRUPT_EXPIRED' } })
    const resume = [{ interruptId: id, status: 'cancelled' }]
    expect((await made.run({ ...input, runId: 'given-up', resume })).at(-1).outcome).toEqual({ type: 'cancelled' })
    const messages = [...input.messages, { id: 'new', role: 'user', content: 'go on' }]
    expect(textOf(await made.run({ ...input, messages, runId: 'new', resume }))).toBe('on')
  })

  it('after a resume that failed a client names the question again, with something new to say', async () => {
    const made = local({
      onMessage: (message, { slots }) => {
        if (message.text === 'new') return reply.text('fresh start')
        if (slots['sure'] === undefined) return reply.inputRequired(ask())
        throw new Error('broken')
      },
    })
    const input = inputOf('go')
    const [{ id }] = (await made.run(input)).at(-1).outcome.interrupts
    const resume = [resolved(id, 1)]
    expect(terminals(await made.run({ ...input, runId: 'b', resume }))).toEqual(['RUN_ERROR'])
    const messages = [...input.messages, { id: 'n', role: 'user', content: 'new' }]
    expect(textOf(await made.run({ ...input, messages, runId: 'c', resume }))).toBe('fresh start')
  })
})
