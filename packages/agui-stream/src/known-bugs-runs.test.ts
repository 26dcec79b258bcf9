// Bugs seen in other integrations of AG-UI, one test for each: runs and their ends.
import {
  bind,
  defineAgent,
  defineFeature,
  type RunEvent,
  type RunStreams,
  reply,
  runStreamsPort,
} from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { createApp } from '@pf-agents/app'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clients } from '../test/clients'
import { inputOf, local, terminals, typesOf } from '../test/local'
import { aguiStream } from './agui-stream'
import { aguiEvent } from './encode/agui-events'
import { wireEvents } from '../test/read-stream'

const settle = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms))

const everythingOpen: RunEvent[] = [
  { type: 'step-start', name: 'work' },
  aguiEvent.subagentStart({ subagentRunId: 'sub', name: 'helper' }),
  aguiEvent.inSubagent('sub', { type: 'text-start', messageId: 'inner' }),
  { type: 'reasoning-start', messageId: 'thought' },
  { type: 'reasoning-delta', messageId: 'thought', delta: 'hm' },
  { type: 'text-start', messageId: 'text' },
  { type: 'text-delta', messageId: 'text', delta: 'half' },
  { type: 'tool-call-start', toolCallId: 'call', name: 'show' },
]

describe('bugs of other integrations: runs', () => {
  it('bug 1: a throw before, during or after output is one RUN_ERROR and nothing else', async () => {
    const throwing = {
      before: () => {
        throw new Error('secret')
      },
      async *during() {
        yield 'half a sentence'
        throw new Error('secret')
      },
      async *after(): AsyncGenerator<RunEvent | string> {
        yield { type: 'text-start', messageId: 'm' }
        yield { type: 'text-delta', messageId: 'm', delta: 'all of it' }
        yield { type: 'text-end', messageId: 'm' }
        await settle(5)
        throw new Error('secret')
      },
    }
    for (const [when, onMessage] of Object.entries(throwing)) {
      const events = await local({ onMessage }).run(inputOf('go'))
      expect(terminals(events), `${when}`).toEqual(['RUN_ERROR'])
      expect(events.at(-1), `${when}`).toEqual({ type: 'RUN_ERROR', code: 'PF_INTERNAL', message: 'The agent failed.' })
    }
  })

  it('bug 2: events that end without saying how the run ended are an error, not silence and not success', async () => {
    const cutStreams = defineFeature({
      name: 'cut-streams',
      targets: ['node'],
      provides: [runStreamsPort],
      setup: () => ({
        ports: [
          bind(runStreamsPort, {
            publish() {},
            subscribe: () => (async function* () {})(),
          } as unknown as RunStreams),
        ],
      }),
    })
    const agent = defineAgent({
      name: 'cut',
      description: 'Cut',
      version: '1.0.0',
      async *onMessage() {
        yield 'some'
        await settle(30)
        yield 'more'
      },
    })
    const app = createApp(agent, [cutStreams, aguiStream()], { logger: { log() {} } })
    onTestFinished(() => app.close())
    const response = await app.fetch(
      new Request('http://agent.test/agui', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(inputOf('go')),
      }),
    )
    const events = wireEvents(await response.text())
    expect(terminals(events)).toEqual(['RUN_ERROR'])
    expect(events.at(-1).type).toBe('RUN_ERROR')
  })

  it('bug 3: a client that goes away stops the work, and the run is canceled, not a success', async () => {
    let reason: unknown
    const made = local(
      {
        async *onMessage(_message, context) {
          yield 'begun'
          await new Promise((_resolve, reject) => {
            context.signal.addEventListener('abort', () => {
              reason = context.signal.reason
              reject(reason as Error)
            })
          })
        },
      },
      { agui: { graceMs: 20 } },
    )
    const input = inputOf('go')
    const response = await made.post(input)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel()
    await expect
      .poll(() => (reason as { code?: string } | undefined)?.code, { timeout: 60_000 })
      .toBe('PF_RUN_CANCELED')
    const connected = await made.fetch(`/agui/threads/${input.threadId}/connect`)
    expect(wireEvents(await connected.text()).at(-1)).toMatchObject({
      type: 'RUN_FINISHED',
      outcome: { type: 'cancelled' },
    })
  })

  it('a client that goes away leaves the run alone where it is detached', async () => {
    const gate = Promise.withResolvers<void>()
    const made = local(
      {
        async *onMessage() {
          yield 'begun'
          await gate.promise
          yield ' and done'
        },
      },
      { agui: { onDisconnect: 'detach', graceMs: 1 } },
    )
    const input = inputOf('go')
    const reader = ((await made.post(input)).body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel()
    // Time enough for who would cancel it.
    await settle(20)
    const connected = await made.fetch(`/agui/threads/${input.threadId}/connect`)
    gate.resolve()
    expect(terminals(wireEvents(await connected.text()))).toEqual(['RUN_FINISHED'])
    const events = wireEvents(await (await made.fetch(`/agui/threads/${input.threadId}/connect`)).text())
    expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'success' } })
    expect(events.find(({ type }) => type === 'MESSAGES_SNAPSHOT').messages).toMatchObject([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: 'begun and done' },
    ])
  })

  it.each(clients)('bug 4: whatever is open is closed, on success and on failure ($version)', async (client) => {
    for (const [fails, closes] of [
      [true, false],
      [false, true],
    ]) {
      const made = local({
        async *onMessage() {
          yield* everythingOpen
          if (closes) {
            yield { type: 'tool-call-delta', toolCallId: 'call', delta: '{}' }
            yield { type: 'tool-result', toolCallId: 'call', parts: [{ text: 'shown' }] }
          }
          if (fails) throw new Error('broken')
        },
      })
      const agent = made.client('t', client)
      agent.addMessage({ id: 'u', role: 'user', content: 'go' })
      const types: string[] = []
      await agent.runAgent({ runId: 'r' }, { onEvent: ({ event }) => void types.push(event.type) })
      expect(types.at(-1)).toBe(fails ? 'RUN_ERROR' : 'RUN_FINISHED')
      expect(types.filter((type) => type === 'RUN_ERROR' || type === 'RUN_FINISHED')).toHaveLength(1)
    }
  })

  it('bug 5: fifty runs at once mix neither ids, nor text, nor state', async () => {
    const made = local({
      async *onMessage(message) {
        yield { type: 'state-snapshot', state: { of: message.text } }
        for (let word = 0; word < 10; word++) {
          await settle(1)
          yield `${message.text} `
        }
      },
    })
    await Promise.all(
      Array.from({ length: 50 }, async (_, run) => {
        const input = inputOf(`say${run}`, { threadId: `thread${run % 25}`, runId: `run${run}` })
        const events = await made.run(input)
        const text = events.filter(({ type }) => type === 'TEXT_MESSAGE_CONTENT').map(({ delta }) => delta)
        expect(text.join('')).toBe(`say${run} `.repeat(10))
        expect(events.find(({ type }) => type.startsWith('STATE_')).snapshot).toEqual({ of: `say${run}` })
        for (const event of [events[0], events.at(-1)])
          expect(event).toMatchObject({ threadId: `thread${run % 25}`, runId: `run${run}` })
      }),
    )
  })

  it('bug 12: a silent tool keeps its connection alive by comments', async () => {
    const made = local(
      {
        async *onMessage() {
          yield 'wait'
          await settle(120)
          yield '!'
        },
      },
      { agui: { heartbeatMs: 20 } },
    )
    const text = await (await made.post(inputOf('go'))).text()
    expect(text.match(/^: /gm)?.length).toBeGreaterThanOrEqual(2)
    expect(terminals(wireEvents(text))).toEqual(['RUN_FINISHED'])
  })

  it('bug 21: a reader that takes nothing holds nothing back, and one that has gone is let go within a second', async () => {
    let isReleased = false
    const made = local(
      {
        async *onMessage(_message, context) {
          context.signal.addEventListener('abort', () => (isReleased = true))
          for (let count = 0; count < 20_000; count++) {
            yield 'x'.repeat(100)
            if (context.signal.aborted) return
          }
          await settle(10_000)
        },
      },
      { agui: { graceMs: 50 } },
    )
    const before = process.memoryUsage().heapUsed
    const reader = ((await made.post(inputOf('go'))).body as ReadableStream<Uint8Array>).getReader()
    const { value } = await reader.read()
    await settle(300)
    // What waits for the reader is bounded; the log of the run is the store's own.
    expect(value?.byteLength).toBeLessThan(1_000_000)
    const next = await reader.read()
    expect(next.value?.byteLength).toBeLessThan(1_000_000)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(400_000_000)
    await reader.cancel()
    // Within a second, that is after its time of grace, however long this machine takes for it.
    await expect.poll(() => isReleased, { timeout: 60_000 }).toBe(true)
  })

  it('a reader that takes nothing for too long is told so, and its run is canceled', async () => {
    const clock = createFakeClock()
    let isAborted = false
    const made = local(
      {
        async *onMessage(_message, context) {
          context.signal.addEventListener('abort', () => (isAborted = true))
          for (let count = 0; count < 2000; count++) yield 'x'.repeat(200)
          await new Promise(() => {})
        },
      },
      { agui: { stallMs: 80, graceMs: 10 }, app: { clock } },
    )
    const response = await made.post(inputOf('go'))
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let text = new TextDecoder().decode((await reader.read()).value)
    const wait = async (): Promise<boolean> => {
      if (!isAborted) await clock.advance(10)
      return isAborted
    }
    await expect.poll(wait, { timeout: 60_000, interval: 5 }).toBe(true)
    for (let step = await reader.read(); !step.done; step = await reader.read())
      text += new TextDecoder().decode(step.value)
    expect(terminals(wireEvents(text))).toEqual(['RUN_ERROR'])
    expect(wireEvents(text).at(-1)).toMatchObject({ code: 'PF_STREAM_LAGGED' })
  })

  it('a thread that is too busy says when to come back', async () => {
    const gate = Promise.withResolvers<void>()
    const made = local({
      onMessage: async () => {
        await gate.promise
        return 'done'
      },
    })
    const posts = Array.from({ length: 18 }, () => made.post(inputOf('go', { threadId: 'busy' })))
    const refused = await Promise.race(posts.slice(1))
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]/)
    expect(await refused.json()).toMatchObject({ error: { code: 'PF_BUSY' } })
    gate.resolve()
    const statuses = (await Promise.all(posts)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(17)
  })

  it('a run of the same id that is under way is refused', async () => {
    const made = local({
      async *onMessage() {
        yield 'begun'
        await settle(50)
      },
    })
    const input = inputOf('go')
    const first = await made.post(input)
    const second = await made.post(input)
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ error: { code: 'PF_RUN_DUPLICATE' } })
    await first.text()
    expect((await made.post({ ...input, threadId: 'other' })).status).toBe(200)
  })

  it('an answer without a task is told, too', async () => {
    const events = await local({ onMessage: () => reply.text('hi') }).run(inputOf('go'))
    expect(typesOf(events)).toEqual([
      'RUN_STARTED',
      'TEXT_MESSAGE_START',
      'TEXT_MESSAGE_CONTENT',
      'TEXT_MESSAGE_END',
      'RUN_FINISHED',
    ])
  })
})
