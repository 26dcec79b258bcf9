import { defineAgent, reply } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { createApp } from '@pf-agents/app'
import { eventStream } from '@pf-agents/event-stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clients } from '../test/clients'
import { inputOf, Local, local, terminals, typesOf } from '../test/local'
import { readStream, wireEvents } from '../test/read-stream'
import { aguiStream } from './agui-stream'
import { aguiEvent } from './encode/agui-events'

/** An agent that stops in the middle of everything until it is let go. */
function stepwise() {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const made = local({
    async *onMessage() {
      yield { type: 'state-snapshot', state: { seen: 1 } }
      yield { type: 'step-start', name: 'work' }
      yield { type: 'artifact', artifact: { artifactId: 'file', name: 'file.txt', parts: [{ text: 'one' }] } }
      yield { type: 'reasoning-start', messageId: 'thought' }
      yield { type: 'reasoning-delta', messageId: 'thought', delta: 'Hm. ' }
      yield { type: 'text-start', messageId: 'text' }
      yield { type: 'text-delta', messageId: 'text', delta: 'Hello' }
      yield { type: 'text-delta', messageId: 'text', delta: ' wor' }
      yield { type: 'tool-call-start', toolCallId: 'call', name: 'look', messageId: 'text' }
      yield { type: 'tool-call-delta', toolCallId: 'call', delta: '{"a"' }
      yield aguiEvent.subagentStart({ subagentRunId: 'sub', name: 'helper' })
      yield aguiEvent.inSubagent('sub', { type: 'text-start', messageId: 'inner' })
      await gates[0]?.promise
      yield { type: 'text-delta', messageId: 'text', delta: 'ld' }
      yield { type: 'text-end', messageId: 'text' }
      yield { type: 'tool-call-delta', toolCallId: 'call', delta: ':1}' }
      yield { type: 'tool-call-end', toolCallId: 'call' }
      yield { type: 'tool-result', toolCallId: 'call', parts: [{ text: 'seen' }] }
      yield { type: 'reasoning-delta', messageId: 'thought', delta: 'Yes.' }
      yield { type: 'reasoning-end', messageId: 'thought' }
      yield aguiEvent.inSubagent('sub', { type: 'text-delta', messageId: 'inner', delta: 'inside' })
      yield aguiEvent.inSubagent('sub', { type: 'text-end', messageId: 'inner' })
      yield aguiEvent.subagentEnd('sub')
      yield {
        type: 'artifact',
        artifact: { artifactId: 'file', parts: [{ text: 'two' }] },
        append: true,
        lastChunk: true,
      }
      yield { type: 'state-delta', patch: [{ op: 'replace', path: '/seen', value: 2 }] }
      yield { type: 'step-end', name: 'work' }
      yield reply.text('Done.')
    },
  })
  return { made, goOn: () => gates[0]?.resolve() }
}

/** Reads frames until some text of the wire was seen. */
async function readUntil(response: Response, wanted: string): Promise<{ text: string; rest: Promise<string> }> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes(wanted)) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  const rest = (async () => {
    let more = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return more
      more += decoder.decode(value, { stream: true })
    }
  })()
  return { text, rest }
}

const sorted = (messages: readonly { id: string }[]) => messages.toSorted((a, b) => (a.id < b.id ? -1 : 1))

describe.each(clients)('re-join with client $version', (version) => {
  const declared = version.version === '1.0.0' ? {} : { protocolVersion: undefined }

  it('in the middle of everything: sees all of it, and the end', async () => {
    const { made, goOn } = stepwise()
    const input = inputOf('go', declared)
    const first = await readUntil(await made.post(input), '"{\\"a\\""')
    const path = `/agui/threads/${input.threadId}/connect`
    const second = await readUntil(await made.post({ ...input, runId: 'again' }, { path }), 'TOOL_CALL_ARGS')
    goOn()
    const whole = await readStream(version, first.text + (await first.rest), input)
    const joined = await readStream(version, second.text + (await second.rest), { ...input, runId: 'again' })
    expect(whole.refused).toBeUndefined()
    expect(joined.refused).toBeUndefined()
    expect(joined.types[0]).toBe('RUN_STARTED')
    expect(joined.types.at(-1)).toBe('RUN_FINISHED')
    const held = joined.agent.messages.filter(({ role }) => role !== 'user')
    expect(sorted(held)).toEqual(sorted(whole.agent.messages))
    expect(joined.agent.state).toEqual({ seen: 2 })
  })

  it('behind a cursor: only what is new, on top of what the client has', async () => {
    const { made, goOn } = stepwise()
    const input = inputOf('go', declared)
    const first = await readUntil(await made.post(input), '"{\\"a\\""')
    const cursor = [...first.text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] as string
    const path = `/agui/threads/${input.threadId}/connect?cursor=${cursor}`
    const second = await readUntil(await made.post({ ...input, runId: 'again' }, { path }), 'RUN_STARTED')
    goOn()
    const rest = second.text + (await second.rest)
    const whole = await readStream(version, first.text + (await first.rest), input)
    // Older clients can't be told of a call that was half told: they are given everything.
    expect(rest.includes('Hello')).toBe(version.version !== '1.0.0')
    // A client that was cut off: what it had, then what it is given behind the cursor.
    const answers = [first.text, rest]
    const agent = new version.HttpAgent({
      url: 'http://agent.test/agui',
      threadId: input.threadId,
      fetch: () => Promise.resolve(new Response(answers.shift(), { headers: { 'content-type': 'text/event-stream' } })),
    })
    await agent.runAgent({ runId: input.runId })
    await agent.runAgent({ runId: 'again' })
    const held = agent.messages.filter(({ role }) => role !== 'user')
    expect(sorted(held)).toEqual(sorted(whole.agent.messages))
    expect(agent.state).toEqual({ seen: 2 })
  })
})

describe('connections to a thread', () => {
  it('are given a run of their own by GET, and tell how the thread stands', async () => {
    const made = local({ onMessage: () => reply.failed('Out of order.') })
    const input = inputOf('go')
    await made.run(input)
    const events = wireEvents(await (await made.fetch(`/agui/threads/${input.threadId}/connect`)).text())
    expect(typesOf(events)).toEqual(['RUN_STARTED', 'MESSAGES_SNAPSHOT', 'RUN_ERROR'])
    expect(events.at(-1)).toMatchObject({ code: 'failed', message: 'Out of order.' })
    expect(events[0].runId).toMatch(/^connect-/)
  })

  it('a cursor that can not be gone on from gives everything', async () => {
    const made = local({ onMessage: () => 'hi' })
    const input = inputOf('go')
    await made.run(input)
    for (const cursor of ['nonsense', 'other-task.3', '../../x.1']) {
      const path = `/agui/threads/${input.threadId}/connect`
      const events = wireEvents(await (await made.fetch(path, { headers: { 'last-event-id': cursor } })).text())
      expect(typesOf(events)).toEqual(['RUN_STARTED', 'MESSAGES_SNAPSHOT', 'RUN_FINISHED'])
    }
  })

  it('a reader that comes back in time keeps its run alive', async () => {
    const clock = createFakeClock()
    const gate = Promise.withResolvers<void>()
    let isAborted = false
    const made = local(
      {
        async *onMessage(_message, context) {
          context.signal.addEventListener('abort', () => (isAborted = true))
          yield 'half '
          await gate.promise
          yield 'whole'
        },
      },
      { agui: { graceMs: 60 }, app: { clock } },
    )
    const input = inputOf('go')
    const reader = ((await made.post(input)).body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel()
    const again = await made.fetch(`/agui/threads/${input.threadId}/connect`)
    const text = again.text()
    await clock.advance(120)
    expect(isAborted).toBe(false)
    gate.resolve()
    const frames = await text
    expect(terminals(wireEvents(frames))).toEqual(['RUN_FINISHED'])
    const { agent } = await readStream(clients[0], frames)
    expect(agent.messages.at(-1)?.content).toBe('half whole')
  })

  it('cancel stops a run under way and a task that waits; a second time is no error, after the end it is', async () => {
    const made = local({
      onMessage: (message) =>
        message.text === 'ask'
          ? reply.inputRequired({ prompt: 'Sure?' })
          : message.text === 'quick'
            ? reply.text('done')
            : (async function* () {
                yield 'on and on'
                await new Promise(() => {})
              })(),
    })
    const stop = (input: { threadId: string; runId: string }, run = `/runs/${input.runId}`) =>
      made.fetch(`/agui/threads/${input.threadId}${run}/cancel`, { method: 'POST' })
    const running = inputOf('run')
    const text = (await made.post(running)).text()
    expect(await (await stop(running)).json()).toMatchObject({ status: 'cancelled', runId: running.runId })
    expect(wireEvents(await text).at(-1)).toMatchObject({ outcome: { type: 'cancelled' } })
    expect((await stop(running)).status).toBe(200)
    const waiting = inputOf('ask')
    await made.run(waiting)
    expect((await stop(waiting, '')).status).toBe(200)
    const over = inputOf('quick')
    await made.run(over)
    expect((await stop(over)).status).toBe(409)
    expect((await stop({ ...over, runId: 'other' })).status).toBe(404)
  })

  it('pages of the origins that are named may call, others are told nothing', async () => {
    const made = local({ onMessage: () => 'hi' }, { agui: { cors: ['https://app.test'] } })
    const preflight = await made.fetch('/agui', { method: 'OPTIONS', headers: { origin: 'https://app.test' } })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.test')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    const good = await made.post(inputOf('go'), { headers: { origin: 'https://app.test' } })
    expect(good.headers.get('access-control-allow-origin')).toBe('https://app.test')
    const bad = await made.post(inputOf('go'), { headers: { origin: 'https://evil.test' } })
    expect(bad.headers.get('access-control-allow-origin')).toBeNull()
    const refused = await made.post('{', { headers: { origin: 'https://app.test' } })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([400, 'https://app.test'])
    const closed = local({ onMessage: () => 'hi' })
    expect((await closed.fetch('/agui', { method: 'OPTIONS' })).status).toBe(404)
    expect((await closed.post(inputOf('go'))).headers.get('access-control-allow-origin')).toBeNull()
  })

  it('tell the end when the server goes down', async () => {
    const made = new Local(
      {
        async *onMessage() {
          yield 'on and on'
          await new Promise(() => {})
        },
      },
      { app: { closeGraceMs: 20 } },
    )
    const input = inputOf('go')
    const running = await made.post(input)
    const joined = await made.fetch(`/agui/threads/${input.threadId}/connect`)
    expect([running.status, joined.status]).toEqual([200, 200])
    const texts = [running.text(), joined.text()]
    await made.app.close()
    for (const text of await Promise.all(texts)) expect(terminals(wireEvents(text))).toEqual(['RUN_ERROR'])
  })

  it('leave a client what it holds from before all that the server has', async () => {
    const made = local({ onMessage: () => 'hi' })
    const input = inputOf('go')
    await made.run(input)
    const messages = [{ id: 'old', role: 'system', content: 'Be kind.' }, ...input.messages]
    const path = `/agui/threads/${input.threadId}/connect`
    const events = await made.run({ ...input, messages, runId: 'again' }, { path })
    const snapshot = events.find(({ type }) => type === 'MESSAGES_SNAPSHOT')
    expect(snapshot.messages).toMatchObject([{ id: 'old' }, { id: input.messages[0].id }, { content: 'hi' }])
  })

  it('belong to a tenant', async () => {
    const agent = (name: string) =>
      defineAgent({ name, description: name, version: '1.0.0', onMessage: () => reply.text(`I am ${name}.`) })
    const app = createApp({ tenants: { red: agent('red'), blue: agent('blue') } }, [eventStream(), aguiStream()], {
      logger: { log: () => {} },
    })
    onTestFinished(() => app.close())
    const call = async (path: string, init?: RequestInit) => app.fetch(new Request(`http://agent.test${path}`, init))
    const input = inputOf('who?')
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) }
    expect(await (await call('/red/agui', post)).text()).toContain('I am red.')
    expect((await call(`/red/agui/threads/${input.threadId}/connect`)).status).toBe(200)
    expect((await call(`/blue/agui/threads/${input.threadId}/connect`)).status).toBe(404)
    expect((await call('/agui', post)).status).toBe(404)
  })

  it('capabilities come from what the agent card is made of', async () => {
    const made = local({ onMessage: () => 'hi', inputModes: ['text/plain', 'image/*'], deadlineMs: 5000 })
    expect(await (await made.fetch('/agui/capabilities')).json()).toMatchObject({
      identity: { name: 'ui', description: 'Under test', version: '1.0.0' },
      transport: { streaming: true, resumable: true },
      multimodal: { input: { image: true, audio: false } },
      humanInTheLoop: { interrupts: true },
      execution: { maxExecutionTime: 5000 },
    })
  })
})
