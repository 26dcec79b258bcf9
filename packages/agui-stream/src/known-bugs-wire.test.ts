// Bugs seen in other integrations of AG-UI, one test for each: what goes over the wire.
import { omitOptionalNulls } from '@ag-ui/core'
import type { JsonPatchOperation, JsonValue, RunEvent } from '@pf-agents/agent-core'
import { reply } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { bearer } from '@pf-agents/auth'
import { describe, expect, it } from 'vitest'
import { clients } from '../test/clients'
import { inputOf, type Local, local, terminals, typesOf } from '../test/local'
import { Dice, randomEnd, randomEvent } from '../test/random-events'
import { readStream, wireEvents } from '../test/read-stream'
import { aguiEvent } from './encode/agui-events'
import { RunEncoder } from './encode/run-encoder'
import { createOutboundGuard } from './guard/outbound-guard'
import { isEqual } from './state/json-patch'

/** Reads a run of an app with a real client. */
async function read(made: Local, version: (typeof clients)[number], given: object = {}) {
  const input = inputOf('go', { ...(version.version !== '1.0.0' && { protocolVersion: undefined }), ...given })
  const frames = await (await made.post(input)).text()
  return { ...(await readStream(version, frames, input)), frames, events: wireEvents(frames) }
}

describe('bugs of other integrations: the wire', () => {
  it('bug 13: no optional field is null', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const dice = new Dice(seed)
      const encoder = new RunEncoder({ threadId: 't', runId: 'r', taskId: 'task', hasReasoning: true })
      const guard = createOutboundGuard({ threadId: 't', runId: 'r', state: {} })
      const events = [...Array.from({ length: 30 }, () => randomEvent(dice)), randomEnd(dice)]
      const out = guard.push({ type: 'RUN_STARTED', threadId: 't', runId: 'r' })
      events.forEach((event, seq) => {
        for (const one of encoder.encode({ seq, event })) out.push(...guard.push(one))
      })
      for (const event of out) expect(omitOptionalNulls(event, 'Event'), `seed ${seed}`).toEqual(event)
    }
  })

  describe.each(clients)('bug 16: what older clients do not understand ($version)', (version) => {
    const isOld = version.version !== '1.0.0'
    const cases: Record<
      string,
      {
        yields: () => AsyncGenerator<never>
        check(read: Awaited<ReturnType<typeof readStream>> & { events: { type: string }[] }): void
      }
    > = {}
    const add = (name: string, yields: () => AsyncGenerator<unknown>, check: (typeof cases)[string]['check']): void =>
      void (cases[name] = { yields: yields as never, check })
    add(
      'pending calls',
      async function* () {
        yield { type: 'tool-call-start', toolCallId: 'c', name: 'show' }
        yield { type: 'tool-call-end', toolCallId: 'c' }
        yield {
          reply: 'suspended',
          state: 'input-required',
          interrupts: [{ kind: 'client-tool', prompt: '', toolCallId: 'c' }],
        }
      },
      ({ types, agent }) => {
        expect(types.at(-1)).toBe('RUN_FINISHED')
        expect(agent.pendingInterrupts ?? []).toEqual([])
      },
    )
    add(
      'a result with a picture',
      async function* () {
        yield { type: 'tool-call-start', toolCallId: 'c', name: 'draw' }
        yield { type: 'tool-call-end', toolCallId: 'c' }
        yield {
          type: 'tool-result',
          toolCallId: 'c',
          parts: [{ text: 'A cat' }, { raw: 'AAAA', mediaType: 'image/png' }],
        }
        yield reply.text('Drawn.')
      },
      ({ agent }) => {
        const content = agent.messages.find(({ role }) => role === 'tool')?.content
        if (isOld) expect(content).toBe('A cat')
        else expect(content).toMatchObject([{ type: 'text', text: 'A cat' }, { type: 'image' }])
      },
    )
    add(
      'subagents, with a step of the same name',
      async function* () {
        yield { type: 'step-start', name: 'search' }
        yield aguiEvent.subagentStart({ subagentRunId: 's', name: 'helper' })
        yield aguiEvent.inSubagent('s', { type: 'step-start', name: 'search' })
        yield aguiEvent.inSubagent('s', { type: 'text-start', messageId: 'inner' })
        yield aguiEvent.inSubagent('s', { type: 'text-delta', messageId: 'inner', delta: 'found' })
        yield aguiEvent.inSubagent('s', { type: 'text-end', messageId: 'inner' })
        yield aguiEvent.inSubagent('s', { type: 'step-end', name: 'search' })
        yield aguiEvent.subagentEnd('s')
        yield { type: 'step-end', name: 'search' }
        yield reply.text('Done.')
      },
      ({ agent, events }) => {
        expect(agent.messages.map(({ content }) => content)).toEqual(['found', 'Done.'])
        expect(events.some(({ type }) => type === 'SUBAGENT_STARTED')).toBe(!isOld)
        expect(events.some((event) => 'subagentRunId' in event)).toBe(!isOld)
      },
    )
    add(
      'a question that expires',
      async function* () {
        yield reply.inputRequired({ prompt: 'Quick?', expiresAt: '2099-01-01T00:00:00.000Z' })
      },
      ({ types, agent, events }) => {
        expect(types.at(-1)).toBe('RUN_FINISHED')
        expect(agent.pendingInterrupts ?? [1]).toHaveLength(1)
        expect(JSON.stringify(events).includes('expiresAt')).toBe(!isOld)
      },
    )
    it.each(Object.entries(cases))('%s', async (_name, { yields, check }) => {
      const reading = await read(local({ onMessage: yields as never }), version, {
        tools: [{ name: 'show', description: 'Shows' }],
      })
      expect(reading.refused).toBeUndefined()
      expect(reading.warnings).toEqual([])
      check(reading)
    })
  })

  it('bug 16: 0.0.59 is told of subagents where that is asked for', async () => {
    const made = local(
      {
        async *onMessage() {
          yield aguiEvent.subagentStart({ subagentRunId: 's', name: 'helper' })
          yield aguiEvent.inSubagent('s', { type: 'text-delta', messageId: 'inner', delta: 'found' })
          yield aguiEvent.subagentEnd('s')
        },
      },
      { agui: { subagentsForOldClients: true } },
    )
    const { refused, types } = await read(made, clients[1])
    expect(refused).toBeUndefined()
    expect(types).toContain('SUBAGENT_STARTED')
    expect(types.at(-1)).toBe('RUN_FINISHED')
  })

  it('bug 17: an error before the stream has its status and says why', async () => {
    const made = local(
      { onMessage: () => 'hi' },
      { app: { limits: { bodyBytes: 10_000 }, auth: [bearer({ accept: { ann: 'good' } })] as never } },
    )
    const headers = { authorization: 'Bearer good' }
    const good = inputOf('go')
    const cases: [number, string, Promise<Response>][] = [
      [401, 'PF_UNAUTHENTICATED', made.post(good)],
      [400, 'PF_REQUEST_INVALID', made.post('{"threadId":', { headers })],
      [422, 'PF_RUN_INPUT_INVALID', made.post({ ...good, threadId: 7 }, { headers })],
      [422, 'PF_RUN_INPUT_INVALID', made.post([], { headers })],
      [413, 'PF_REQUEST_TOO_LARGE', made.post(inputOf('x'.repeat(20_000)), { headers })],
      [415, 'PF_MEDIA_TYPE', made.post(good, { headers: { ...headers, 'content-type': 'text/plain' } })],
      [406, 'PF_NOT_ACCEPTABLE', made.post(good, { headers: { ...headers, accept: 'application/json' } })],
      // What names the stream itself counts for more than what takes everything.
      [406, 'PF_NOT_ACCEPTABLE', made.post(good, { headers: { ...headers, accept: 'text/event-stream;q=0, */*' } })],
      [404, 'PF_TASK_NOT_FOUND', made.fetch('/agui/threads/none/connect', { headers })],
      [404, 'PF_TASK_NOT_FOUND', made.fetch('/agui/threads/none/cancel', { method: 'POST', headers })],
    ]
    for (const [status, code, answer] of cases) {
      const response = await answer
      expect([response.status, code]).toEqual([status, code])
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(await response.json()).toMatchObject({ error: { code, message: expect.any(String) } })
    }
    const client = made.client('t')
    client.messages = [{ id: 'u', role: 'user', content: 'x'.repeat(20_000) }]
    const { error } = console
    console.error = () => {}
    client.headers = headers
    await expect(client.runAgent()).rejects.toMatchObject({
      status: 413,
      payload: { error: { code: 'PF_REQUEST_TOO_LARGE' } },
    })
    console.error = error
  })

  it('bug 18: a thousand random edits leave the client with the state of the server', async () => {
    const dice = new Dice(18)
    let state: JsonValue = { a: 1 }
    const keys = ['a', 'b', 'list', '~odd/key', 'deep']
    const edit = (): RunEvent => {
      const key = dice.pick(keys)
      const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const value = dice.pick<JsonValue>([1, null, 'x', [], { y: [1, 2, 3] }, dice.below(1000)])
      if (dice.chance(0.2)) {
        state = { ...(state as object), [key]: value }
        return { type: 'state-snapshot', state }
      }
      if (dice.chance(0.1)) return { type: 'state-delta', patch: [{ op: 'remove', path: '/never/there' }] }
      const patch: JsonPatchOperation[] = [{ op: 'add', path, value }]
      state = { ...(state as object), [key]: value }
      return { type: 'state-delta', patch }
    }
    const made = local({
      async *onMessage() {
        for (let count = 0; count < 1000; count++) yield edit()
      },
    })
    for (const version of clients) {
      state = { a: 1 }
      const { agent, events, refused } = await read(made, version, { state: { a: 1 } })
      expect(refused).toBeUndefined()
      expect(isEqual(agent.state as JsonValue, state)).toBe(true)
      expect(new Set(typesOf(events))).toContain('STATE_DELTA')
    }
  })

  it('bug 18: a change that does not apply is followed by the state as it is', async () => {
    const made = local({
      async *onMessage() {
        yield { type: 'state-delta', patch: [{ op: 'replace', path: '/gone', value: 1 }] }
      },
    })
    const events = await made.run(inputOf('go', { state: { kept: true } }))
    expect(events[1]).toEqual({ type: 'STATE_SNAPSHOT', snapshot: { kept: true } })
  })

  it('bug 19: split characters, line ends, five megabytes, empty pieces and odd keys come over whole', async () => {
    const words = ['\u2028', '\u2029', '😀', 'é', '\r\n', '', 'x'.repeat(5_000_000), '👨‍👩‍👧']
    // Time passes for what waits for it alone: however long this machine takes, no limit runs out, and no comment comes between.
    const clock = createFakeClock()
    const made = local(
      {
        async *onMessage() {
          yield { type: 'state-snapshot', state: { '~a/b': { '/': '~' } } }
          for (const word of words) yield word
        },
      },
      { app: { clock } },
    )
    const response = await made.post(inputOf('go'))
    const bytes = new Uint8Array(await clock.until(response.arrayBuffer()))
    for (const version of clients) {
      // Seven bytes at a time at the start and the end, so that every character is split somewhere.
      const pieces = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length;) {
            const size = at < 2000 || at > bytes.length - 2000 ? 7 : 1_000_003
            controller.enqueue(bytes.subarray(at, at + size))
            at += size
          }
          controller.close()
        },
      })
      const agent = new version.HttpAgent({
        url: 'http://agent.test/agui',
        threadId: 't',
        fetch: () => Promise.resolve(new Response(pieces, { headers: { 'content-type': 'text/event-stream' } })),
      })
      await agent.runAgent()
      expect(agent.messages.at(-1)?.content === words.join('')).toBe(true)
      expect(agent.state).toEqual({ '~a/b': { '/': '~' } })
    }
  })

  it('bug 19: a text that is too long for one frame comes in several, never split within a character', async () => {
    const text = '😀'.repeat(5000)
    const made = local(
      {
        async *onMessage() {
          yield text
        },
      },
      { agui: { frameLength: 1000 } },
    )
    const frames = await (await made.post(inputOf('go'))).text()
    expect(Math.max(...frames.split('\n').map((line) => line.length))).toBeLessThan(1100)
    const deltas = wireEvents(frames).flatMap(({ type, delta }) =>
      type === 'TEXT_MESSAGE_CONTENT' ? [delta as string] : [],
    )
    expect(deltas.join('')).toBe(text)
    expect(deltas.every((delta) => encodeURIComponent(delta) !== '')).toBe(true)
  })

  it('bug 20: usage is in whole numbers, whatever a provider says', async () => {
    for (const [given, told] of [
      [{ inputTokens: 1.4, outputTokens: Number.NaN }, [{ inputTokens: 1 }]],
      [{ inputTokens: '12', outputTokens: -1 }, [{ inputTokens: 12 }]],
      [{ inputTokens: Infinity }, undefined],
    ] as const) {
      const guard = createOutboundGuard({ threadId: 't', runId: 'r' })
      guard.push({ type: 'RUN_STARTED', threadId: 't', runId: 'r' })
      const [end] = guard.push({ type: 'RUN_FINISHED', threadId: 't', runId: 'r', usage: [given as never] })
      expect((end as { usage?: unknown }).usage).toEqual(told)
    }
  })

  describe('bug 22: what a hostile caller sends', () => {
    it('a hundred thousand messages are refused, ten thousand cost little and are not all kept', async () => {
      const made = local(
        { onMessage: async (_message, context) => reply.text(String((await context.history(1000)).length)) },
        { app: { limits: { bodyBytes: 50_000_000 } } },
      )
      const many = (length: number) =>
        Array.from({ length }, (_, count) => ({ id: `m${count}`, role: 'user', content: 'x' }))
      expect((await made.post(inputOf('go', { messages: many(100_000) }))).status).toBe(413)
      const begun = process.cpuUsage()
      const events = await made.run(inputOf('go', { messages: many(10_000) }))
      expect(terminals(events)).toEqual(['RUN_FINISHED'])
      const { user, system } = process.cpuUsage(begun)
      // Microseconds of work: how busy the machine is with other things counts for nothing.
      expect(user + system).toBeLessThan(2_000_000)
      expect(Number(events.find(({ type }) => type === 'TEXT_MESSAGE_CONTENT').delta)).toBeLessThanOrEqual(100)
    })

    it('JSON that is nested without end', async () => {
      const text = JSON.stringify(inputOf('go')).replace('{}}', `${'['.repeat(5000)}${']'.repeat(5000)}}`)
      expect((await local({ onMessage: () => 'hi' }).post(text)).status).toBe(400)
    })

    it('paths that reach for a prototype', async () => {
      const made = local({
        async *onMessage() {
          yield { type: 'state-delta', patch: [{ op: 'add', path: '/__proto__/hacked', value: true }] }
          yield { type: 'state-delta', patch: [{ op: 'add', path: '/constructor/prototype/hacked', value: true }] }
        },
      })
      const input = JSON.stringify(inputOf('go', { state: {} })).replace('"state":{}', '"state":{"__proto__":{"x":1}}')
      const events = await made.run(input)
      expect(terminals(events)).toEqual(['RUN_FINISHED'])
      expect(({} as { hacked?: boolean; x?: number }).hacked).toBeUndefined()
      expect(typesOf(events)).not.toContain('STATE_DELTA')
    })

    it('files at private addresses are never fetched, and parts that the agent does not take are left out', async () => {
      const seen: unknown[] = []
      const { fetch } = globalThis
      let fetched = 0
      globalThis.fetch = (...given) => {
        fetched++
        return fetch(...given)
      }
      const made = local({ inputModes: ['text/plain', 'image/*'], onMessage: ({ parts }) => void seen.push(parts) })
      const content = [
        { type: 'text', text: 'look' },
        { type: 'image', source: { type: 'url', value: 'http://169.254.169.254/latest', mimeType: 'image/png' } },
        { type: 'audio', source: { type: 'data', value: 'AAAA', mimeType: 'audio/mp3' } },
        { type: 'document', source: { type: 'file', value: 'file-1', provider: 'openai' } },
        { type: 'binary', mimeType: 'image/gif', data: 'BBBB' },
        { type: 'hologram', source: {} },
      ]
      await made.run(inputOf(undefined, { messages: [{ id: 'm', role: 'user', content }] }))
      globalThis.fetch = fetch
      expect(fetched).toBe(0)
      expect(seen).toEqual([
        [
          { text: 'look' },
          { url: 'http://169.254.169.254/latest', mediaType: 'image/png' },
          { raw: 'BBBB', mediaType: 'image/gif' },
        ],
      ])
    })

    it("somebody else's thread looks as if there were none", async () => {
      const auth = [bearer({ accept: { ann: 'ann', bob: 'bob' } })] as never
      const made = local({ onMessage: () => reply.inputRequired({ prompt: 'Sure?' }) }, { app: { auth } })
      const as = (name: string) => ({ headers: { authorization: `Bearer ${name}` } })
      const input = inputOf('go')
      const [{ id }] = (await made.run(input, as('ann'))).at(-1).outcome.interrupts
      const path = `/agui/threads/${input.threadId}`
      expect((await made.fetch(`${path}/connect`, as('bob'))).status).toBe(404)
      expect((await made.fetch(`${path}/cancel`, { method: 'POST', ...as('bob') })).status).toBe(404)
      const resume = [{ interruptId: id, status: 'resolved', payload: 1 }]
      expect((await made.post({ ...input, messages: [], runId: 'b', resume }, as('bob'))).status).toBe(400)
      expect((await made.fetch(`${path}/connect`, as('ann'))).status).toBe(200)
    })
  })
})
