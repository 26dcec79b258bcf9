import { bind, createMemoryRunStore, defineFeature, reply, runStorePort } from '@pf-agents/agent-core'
import type { App } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { afterEach, describe, expect, it } from 'vitest'
import { bindingNames, brief, eventOf, open, type Opened, sendParams, streamingApp } from '../../test/stream-client'
import { verifies } from '../conformance/verifies'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** An app, called without a network between. */
function inMemory(...args: Parameters<typeof streamingApp>) {
  const app = streamingApp(...args)
  closing.push(() => app.close())
  return { app, fetch: (url: string, init: RequestInit) => Promise.resolve(app.fetch(new Request(url, init))) }
}

const url = 'http://agent.test'

function deferred<T = void>() {
  return Promise.withResolvers<T>()
}

describe.each(bindingNames)('streams over %s', (binding) => {
  const stream = (fetch: ReturnType<typeof inMemory>['fetch'], text: string, message = {}, configuration?: object) =>
    open(fetch, url, binding, 'SendStreamingMessage', sendParams(text, message, configuration))
  const subscribe = (fetch: ReturnType<typeof inMemory>['fetch'], id: string, headers = {}) =>
    open(fetch, url, binding, 'SubscribeToTask', { id }, { headers })
  const taskIdOf = async (opened: Opened) => eventOf(binding, (await opened.next()) as never).task.id as string

  const sse = binding === 'JSONRPC' ? 'JSONRPC-SSE-001' : 'HTTP_JSON-SSE-001'

  it(`begin with the task as it was submitted, tell all of it in order, and close when it is over ${verifies('CORE-STREAM-001', 'CORE-STREAM-003', 'STREAM-ORDER-001', sse)}`, async () => {
    const { fetch } = inMemory({
      async *onMessage() {
        yield 'one '
        await new Promise((resolve) => setTimeout(resolve, 5))
        yield 'two '
        yield { type: 'artifact', artifact: { artifactId: 'file', parts: [{ raw: 'AAAA' }] }, lastChunk: true }
        yield 'three'
      },
    })
    const opened = await stream(fetch, 'go')
    expect(opened.status).toBe(200)
    expect(Object.fromEntries(opened.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    const frames = await opened.rest()
    expect(brief(binding, frames)).toEqual([
      'task submitted',
      'working',
      '=one ',
      '+two ',
      '={"raw":"AAAA"}',
      '+three',
      'completed',
    ])
    const { task } = eventOf(binding, frames[0] as never)
    expect(task.history).toMatchObject([{ role: 'ROLE_USER', parts: [{ text: 'go' }], taskId: task.id }])
    expect(task.artifacts).toBeUndefined()
    expect(eventOf(binding, frames[4] as never).artifactUpdate).toMatchObject({
      taskId: task.id,
      contextId: task.contextId,
      lastChunk: true,
    })
    const ids = frames.map(({ id }) => Number(id))
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it(`hold one message where the agent makes no task ${verifies('CORE-STREAM-002')}`, async () => {
    const { fetch } = inMemory({ onMessage: () => reply.text('hi') })
    const frames = await (await stream(fetch, 'go')).rest()
    expect(brief(binding, frames)).toEqual(['message hi'])
  })

  it('tell each event as it comes about', async () => {
    const gates = [deferred(), deferred()]
    const { fetch } = inMemory({
      async *onMessage() {
        yield 'one'
        await gates[0]?.promise
        yield 'two'
        await gates[1]?.promise
      },
    })
    const opened = await stream(fetch, 'go')
    const next = async () => brief(binding, [(await opened.next()) as never])[0]
    expect([await next(), await next(), await next()]).toEqual(['task submitted', 'working', '=one'])
    gates[0]?.resolve()
    expect(await next()).toBe('+two')
    gates[1]?.resolve()
    expect(await next()).toBe('completed')
    expect(await opened.next()).toBeUndefined()
  })

  it('tell what failed, was rejected and what the agent says at the end', async () => {
    const { fetch } = inMemory({
      onMessage: ({ text }) => {
        if (text === 'throw') throw new Error('secret')
        return text === 'reject' ? reply.rejected('no') : reply.completed('done')
      },
    })
    expect(brief(binding, await (await stream(fetch, 'throw')).rest()).at(-1)).toBe('failed')
    expect(brief(binding, await (await stream(fetch, 'reject')).rest()).at(-1)).toBe('rejected')
    const frames = await (await stream(fetch, 'complete')).rest()
    expect(brief(binding, frames)).toEqual(['task submitted', 'working', 'completed'])
    expect(eventOf(binding, frames[2] as never).statusUpdate.status.message).toMatchObject({
      role: 'ROLE_AGENT',
      parts: [{ text: 'done' }],
    })
  })

  it(`of a message close where the task waits for input, and go on where it waits for credentials ${verifies('AUTH-INTASK-005')}`, async () => {
    const { fetch } = inMemory({
      onMessage: (_message, { slots }) =>
        slots.a === undefined
          ? reply.authRequired({ prompt: 'log in', slot: 'a' })
          : slots.b === undefined
            ? reply.inputRequired({ prompt: 'which?', slot: 'b' })
            : reply.completed(),
    })
    const first = await stream(fetch, 'go')
    const taskId = await taskIdOf(first)
    expect(brief(binding, [(await first.next()) as never, (await first.next()) as never])).toEqual([
      'working',
      'auth-required',
    ])
    // The stream is still there when somebody goes on with the task.
    const second = await stream(fetch, 'token', { taskId })
    const told = brief(binding, await first.rest())
    expect(told.slice(0, 2)).toEqual(['working', 'input-required'])
    expect(brief(binding, await second.rest())).toEqual(['task working', 'input-required'])
    const third = await stream(fetch, 'that one', { taskId })
    const frames = await third.rest()
    expect(brief(binding, frames)).toEqual(['task working', 'completed'])
    expect(
      eventOf(binding, frames[0] as never).task.history.map(
        ({ parts }: { parts: { text: string }[] }) => parts[0]?.text,
      ),
    ).toEqual(['go', 'log in', 'token', 'which?', 'that one'])
  })

  it('carry the questions of a task that waits', async () => {
    const { fetch } = inMemory({
      onMessage: () => reply.inputRequired({ prompt: 'which?', slot: 's', schema: { type: 'string' } }),
    })
    const frames = await (await stream(fetch, 'go')).rest()
    const { message } = eventOf(binding, frames.at(-1) as never).statusUpdate.status
    expect(message.metadata['urn:pf-agents:a2a:interrupt:v1'].interrupts).toMatchObject([
      { prompt: 'which?', slot: 's', schema: { type: 'string' } },
    ])
  })

  it('limit the history of the first event as asked', async () => {
    const { fetch } = inMemory({ onMessage: () => reply.completed() })
    const frames = await (await stream(fetch, 'go', {}, { historyLength: 0 })).rest()
    expect(eventOf(binding, frames[0] as never).task.history).toBeUndefined()
  })

  it('refuse with JSON what goes wrong before the first event', async () => {
    const { fetch } = inMemory({ onMessage: () => reply.completed() })
    const cases: [unknown, string][] = [
      [sendParams('x', { taskId: 'none' }), 'TASK_NOT_FOUND'],
      [{ message: { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text: 'x' }] } }, 'BadRequest'],
      [
        { message: { messageId: 'm', role: 'ROLE_USER', parts: [{ raw: 'AAAA', mediaType: 'application/x-odd' }] } },
        'CONTENT_TYPE_NOT_SUPPORTED',
      ],
    ]
    for (const [params, reason] of cases) {
      const opened = await open(fetch, url, binding, 'SendStreamingMessage', params)
      expect(opened.headers.get('content-type')).toMatch(/json/)
      expect(JSON.stringify(await opened.json())).toContain(reason)
    }
    const task = await stream(fetch, 'go')
    const taskId = await taskIdOf(task)
    await task.rest()
    const again = await stream(fetch, 'more', { taskId })
    expect(JSON.stringify(await again.json())).toContain('UNSUPPORTED_OPERATION')
  })

  it(`of a subscription begin with the task as it stands and end with it ${verifies('STREAM-SUB-001', 'STREAM-SUB-002', 'STREAM-ORDER-002', 'STREAM-ORDER-003')}`, async () => {
    const gates = [deferred(), deferred()]
    const { fetch } = inMemory({
      async *onMessage() {
        yield 'one '
        await gates[0]?.promise
        yield 'two '
        await gates[1]?.promise
        yield 'three'
      },
    })
    const sent = await stream(fetch, 'go')
    const id = await taskIdOf(sent)
    await sent.next()
    await sent.next()
    const [a, b] = [await subscribe(fetch, id), await subscribe(fetch, id)]
    const firsts = [await a.next(), await b.next()].map((frame) => eventOf(binding, frame as never).task)
    expect(firsts[0]).toEqual(firsts[1])
    expect(firsts[0]).toMatchObject({
      id,
      status: { state: 'TASK_STATE_WORKING' },
      artifacts: [{ parts: [{ text: 'one ' }] }],
    })
    gates[0]?.resolve()
    const late = await subscribe(fetch, id)
    gates[1]?.resolve()
    const lists = await Promise.all([a.rest(), b.rest(), sent.rest()])
    for (const list of lists) expect(brief(binding, list)).toEqual(['+two ', '+three', 'completed'])
    expect(lists[0]).toEqual(lists[1])
    expect(brief(binding, (await late.rest()).slice(-1))).toEqual(['completed'])
  })

  it('of a subscription stay open where the task waits, until a follow-up ends it', async () => {
    const { fetch } = inMemory({
      onMessage: (_message, { slots }) =>
        slots.answer === undefined ? reply.inputRequired({ prompt: 'which?' }) : reply.completed('thanks'),
    })
    const sent = await stream(fetch, 'go')
    const id = await taskIdOf(sent)
    await sent.rest()
    const opened = [await subscribe(fetch, id), await subscribe(fetch, id)]
    for (const one of opened) expect(brief(binding, [(await one.next()) as never])).toEqual(['task input-required'])
    await (await stream(fetch, 'this', { taskId: id })).rest()
    const [first, second] = await Promise.all(opened.map((one) => one.rest()))
    expect(first).toEqual(second)
    const told = brief(binding, first as never)
    // What the user said is in no update: the task itself is the last event.
    expect(told).toEqual(['working', 'completed', 'task completed'])
  })

  it(`of a subscription are refused where the task is over, is not there, or is somebody else's ${verifies('STREAM-SUB-003', 'STREAM-SUB-004')}`, async () => {
    const { fetch } = inMemory({ onMessage: () => reply.completed() })
    const sent = await stream(fetch, 'go')
    const id = await taskIdOf(sent)
    await sent.rest()
    const over = await subscribe(fetch, id)
    expect(over.status).toBe(binding === 'JSONRPC' ? 200 : 400)
    expect(JSON.stringify(await over.json())).toContain('UNSUPPORTED_OPERATION')
    const none = await subscribe(fetch, 'none')
    expect(none.status).toBe(binding === 'JSONRPC' ? 200 : 404)
    expect(JSON.stringify(await none.json())).toContain('TASK_NOT_FOUND')
  })

  it(`do not hang on each other, nor does the task on any of them ${verifies('STREAM-ORDER-004')}`, async () => {
    const gate = deferred()
    const { fetch } = inMemory({
      async *onMessage() {
        yield 'one'
        await gate.promise
        yield 'two'
      },
    })
    const sent = await stream(fetch, 'go')
    const id = await taskIdOf(sent)
    const [a, b] = [await subscribe(fetch, id), await subscribe(fetch, id)]
    await a.cancel()
    await sent.cancel()
    gate.resolve()
    expect(brief(binding, await b.rest()).at(-1)).toBe('completed')
    const get = await (binding === 'JSONRPC'
      ? fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'GetTask', params: { id } }),
        })
      : fetch(`${url}/tasks/${id}`, { headers: { 'a2a-version': '1.0' } }))
    const body = (await get.json()) as { result?: object }
    expect(body.result ?? body).toMatchObject({
      status: { state: 'TASK_STATE_COMPLETED' },
      artifacts: [{ parts: [{ text: 'onetwo' }] }],
    })
  })

  it('send heartbeats while nothing happens', async () => {
    const { fetch } = inMemory(
      {
        onMessage: async (_message, context) => {
          await context.startTask()
          await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
        },
      },
      { server: { streaming: { heartbeatMs: 40 } }, app: { closeGraceMs: 0 } },
    )
    const opened = await stream(fetch, 'go')
    await opened.next()
    await opened.next()
    expect(await opened.next()).toEqual({ comment: 'keep-alive' })
    expect(await opened.next()).toEqual({ comment: 'keep-alive' })
    await opened.cancel()
  })

  it('are refused where there are too many', async () => {
    const { fetch } = inMemory(
      {
        onMessage: async (_message, context) => {
          await context.startTask()
          await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
        },
      },
      { server: { streaming: { maxStreams: 2 } }, app: { closeGraceMs: 0 } },
    )
    const held = [await stream(fetch, '1'), await stream(fetch, '2')]
    const third = await stream(fetch, '3')
    expect(third.status).toBe(503)
    expect(third.headers.get('retry-after')).toBe('5')
    await held[0]?.cancel()
    expect((await stream(fetch, '4')).status).toBe(200)
  })

  it('are not served where runs can not be followed, and the card says so', async () => {
    const { app, fetch } = inMemory({ onMessage: () => reply.completed() }, { streams: false })
    expect((await cardOf(app)).capabilities.streaming).toBeUndefined()
    for (const opened of [await stream(fetch, 'x'), await subscribe(fetch, 'none')]) {
      expect(opened.status).toBe(binding === 'JSONRPC' ? 200 : 400)
      expect(JSON.stringify(await opened.json())).toContain('UNSUPPORTED_OPERATION')
    }
  })

  it('are on the card where they are served', async () => {
    const { app } = inMemory({ onMessage: () => reply.completed() })
    const { capabilities } = await cardOf(app)
    expect(capabilities.streaming).toBe(true)
    expect(capabilities.extensions).toContainEqual(expect.objectContaining({ uri: 'urn:pf-agents:a2a:replay:v1' }))
  })

  it('end when the server goes down', async () => {
    const { app, fetch } = inMemory(
      {
        onMessage: async (_message, context) => {
          await context.startTask()
          await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
        },
      },
      { app: { closeGraceMs: 0 } },
    )
    const opened = await stream(fetch, 'go')
    const rest = opened.rest()
    await app.close()
    expect(brief(binding, await rest).at(-1)).toBe('failed')
  })

  it('end for whoever waits for an answer when the server goes down', async () => {
    const { app, fetch } = inMemory({ onMessage: () => reply.inputRequired({ prompt: '?' }) })
    const sent = await stream(fetch, 'go')
    const id = await taskIdOf(sent)
    const opened = await subscribe(fetch, id)
    const rest = opened.rest()
    await app.close()
    expect(brief(binding, await rest)).toEqual(['task input-required'])
  })
})

interface Card {
  capabilities: { streaming?: boolean; extensions: { uri: string }[] }
}
async function cardOf(app: App): Promise<Card> {
  const response = await app.fetch(new Request(`${url}/.well-known/agent-card.json`))
  return (await response.json()) as Card
}

it('subscribes by GET as well over HTTP+JSON', async () => {
  const { fetch } = inMemory({ onMessage: () => reply.inputRequired({ prompt: '?' }) })
  const sent = await open(fetch, url, 'HTTP+JSON', 'SendStreamingMessage', sendParams('go'))
  const id = eventOf('HTTP+JSON', (await sent.next()) as never).task.id
  const opened = await open(fetch, url, 'HTTP+JSON', 'SubscribeToTask', { id }, { method: 'GET' })
  expect(brief('HTTP+JSON', [(await opened.next()) as never])).toEqual(['task input-required'])
  await opened.cancel()
})

it('does the work of a notification, and answers nothing', async () => {
  const seen: string[] = []
  const { fetch } = inMemory({
    onMessage: ({ text }) => {
      seen.push(text)
      return reply.completed()
    },
  })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'SendStreamingMessage', params: sendParams('quiet') }),
  })
  expect([response.status, await response.text()]).toEqual([204, ''])
  expect(seen).toEqual(['quiet'])
})

describe('over a socket', () => {
  const start = async (...args: Parameters<typeof streamingApp>): Promise<RunningServer> => {
    const server = await serve(streamingApp(...args), { port: 0, drainMs: 50 })
    closing.push(() => server.close())
    return server
  }

  it('streams what is heard, on the same connection as a notification, which is answered with nothing', async () => {
    const seen: string[] = []
    const server = await start({
      async *onMessage({ text }) {
        seen.push(text)
        yield text
      },
    })
    const body = { jsonrpc: '2.0', method: 'SendStreamingMessage', params: sendParams('quiet') }
    const headers = { 'content-type': 'application/json', 'a2a-version': '1.0' }
    for (let count = 0; count < 2; count++) {
      const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(body) })
      expect([response.status, await response.text()]).toEqual([204, ''])
      const heard = await open(fetch, server.url, 'JSONRPC', 'SendStreamingMessage', sendParams('loud'))
      expect(brief('JSONRPC', await heard.rest())).toEqual(['task submitted', 'working', '=loud', 'completed'])
    }
    expect(seen).toEqual(['quiet', 'loud', 'quiet', 'loud'])
  })

  it('goes on with the run when its client is gone', async () => {
    const gate = deferred()
    let isDone = false
    const server = await start({
      async *onMessage() {
        yield 'one'
        await gate.promise
        yield 'two'
        isDone = true
      },
    })
    const controller = new AbortController()
    const opened = await open(fetch, server.url, 'JSONRPC', 'SendStreamingMessage', sendParams('go'), {
      signal: controller.signal,
    })
    const id = eventOf('JSONRPC', (await opened.next()) as never).task.id
    controller.abort()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const second = await open(fetch, server.url, 'JSONRPC', 'SubscribeToTask', { id })
    expect(brief('JSONRPC', [(await second.next()) as never])).toEqual(['task working'])
    gate.resolve()
    expect(brief('JSONRPC', await second.rest())).toEqual(['+two', 'completed'])
    expect(isDone).toBe(true)
  })
})

it('tells in the middle of a stream that its place is gone', async () => {
  const store = createMemoryRunStore()
  let isGone = false
  const forgetful = defineFeature({
    name: 'forgetful',
    targets: ['node'],
    provides: [runStorePort],
    setup: () => ({
      ports: [
        bind(runStorePort, {
          ...store,
          read: (...args: Parameters<typeof store.read>) => (isGone ? undefined : store.read(...args)),
        }),
      ],
    }),
  })
  for (const binding of bindingNames) {
    isGone = false
    const gate = deferred()
    const { fetch } = inMemory(
      {
        async *onMessage() {
          yield 'one'
          await gate.promise
        },
      },
      { add: [forgetful], streams: { pollMs: 20 } },
    )
    const opened = await open(fetch, url, binding, 'SendStreamingMessage', sendParams('go'))
    for (let count = 0; count < 3; count++) await opened.next()
    isGone = true
    const [last, ...more] = await opened.rest()
    expect(more).toEqual([])
    expect(last?.event).toBe('error')
    expect(JSON.stringify(last?.data)).toContain('PF_STREAM_LAGGED')
    expect(last?.data).toMatchObject(
      binding === 'JSONRPC'
        ? { jsonrpc: '2.0', id: 'r-1', error: { code: -32603 } }
        : { error: { code: 503, status: 'UNAVAILABLE' } },
    )
    gate.resolve()
  }
})
