import { type A2AEventStream, connect, type StreamResponse, userMessage } from '@pf-agents/a2a-client'
import {
  type AgentDefinition,
  bind,
  createMemoryRunStore,
  defineFeature,
  reply,
  runStorePort,
} from '@pf-agents/agent-core'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bindingNames, brief, eventOf, open, sendParams, streamingApp } from '../../test/stream-client'

const replay = 'urn:pf-agents:a2a:replay:v1'
/** A store that keeps four events of a task. */
const smallStore = defineFeature({
  name: 'small-store',
  targets: ['node'],
  provides: [runStorePort],
  setup: () => ({ ports: [bind(runStorePort, createMemoryRunStore({ maxEvents: 4 }))] }),
})

const servers: RunningServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function start(
  agent: Partial<AgentDefinition>,
  ...rest: Parameters<typeof streamingApp> extends [unknown, ...infer R] ? R : never
) {
  const server = await serve(streamingApp(agent, ...rest), { port: 0, drainMs: 10 })
  servers.push(server)
  return server
}

/** A `fetch` whose connections break behind so many events; the last figure holds for all later ones. */
function breaking(...behind: number[]): typeof fetch {
  let connections = 0
  return async (url, init) => {
    const response = await fetch(url, init)
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response
    let left = behind[Math.min(connections++, behind.length - 1)] as number
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    const decoder = new TextDecoder()
    let text = ''
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          while (left > 0 && !text.includes('\n\n')) {
            const { done, value } = await reader.read()
            if (done) return controller.close()
            text += decoder.decode(value, { stream: true })
          }
          if (left <= 0) {
            await reader.cancel()
            return controller.error(new TypeError('terminated'))
          }
          const end = text.indexOf('\n\n') + 2
          const frame = text.slice(0, end)
          text = text.slice(end)
          if (frame.includes('data: ')) left--
          controller.enqueue(new TextEncoder().encode(frame))
        },
        cancel: () => reader.cancel(),
      },
      { highWaterMark: 0 },
    )
    return new Response(body, response)
  }
}

/** Events in a word each, whichever task they are of. */
const words = (events: readonly StreamResponse[]) =>
  events.map((event) => {
    if ('task' in event) return `task ${event.task.status.state} ${event.task.artifacts.length}`
    if ('statusUpdate' in event) {
      const { status, metadata } = event.statusUpdate
      return `${status.state} ${status.message?.parts[0]?.text ?? ''} ${JSON.stringify(metadata ?? '')}`
    }
    if ('message' in event) return 'message'
    const { artifact, append, lastChunk } = event.artifactUpdate
    return `${append ? '+' : '='}${artifact.parts.map((part) => part.text).join('|')}${lastChunk ? '.' : ''}`
  })

async function read(stream: A2AEventStream): Promise<string[]> {
  const events: StreamResponse[] = []
  for await (const event of stream) events.push(event)
  return words(events)
}

/** Every kind of event, at a pace at which cuts fall into the run, or over before anybody can come back. */
const lively = (pauseMs: number): Partial<AgentDefinition> => ({
  async *onMessage(_message, context) {
    const pause = () => new Promise((resolve) => setTimeout(resolve, pauseMs))
    for (let count = 0; count < 4; count++) {
      yield `word ${count} `
      if (pauseMs > 0) await pause()
    }
    yield { type: 'artifact', artifact: { artifactId: 'file', parts: [{ text: 'a' }] } }
    const taskId = context.task.id
    const said = { messageId: `s-${taskId}`, role: 'agent' as const, parts: [{ text: 'still' }], taskId }
    context.emit({ type: 'message', message: said })
    context.emit({ type: 'status', status: { state: 'working', timestamp: '2026-01-01T00:00:00.000Z', message: said } })
    await context.flush()
    context.emit({ type: 'metadata', metadata: { k: 1 } })
    if (pauseMs > 0) await pause()
    yield { type: 'artifact', append: true, lastChunk: true, artifact: { artifactId: 'file', parts: [{ text: 'b' }] } }
    yield { type: 'message', message: { messageId: `m-${taskId}`, role: 'agent', parts: [{ text: 'nearly' }], taskId } }
    yield 'last'
    if (pauseMs > 0) await pause()
    return reply.completed('done')
  },
})

describe.each(bindingNames)('a client over %s whose connection is cut', (binding) => {
  const clientOf = (url: string, fetch: typeof globalThis.fetch = globalThis.fetch) =>
    connect(url, {
      fetch: (to, init) => fetch(to, init),
      prefer: { bindings: [binding] },
      streams: { resubscribe: { baseMs: 1 } },
    })

  it.each([0, 3])(
    'behind every event, sees each event once and all of them (%i ms between events)',
    async (pauseMs) => {
      const { url } = await start(lively(pauseMs))
      const whole = await read((await clientOf(url)).sendStreamingMessage({ message: userMessage('go') }))
      expect(whole).toEqual([
        'task submitted 0',
        'working  ""',
        '=word 0 ',
        '+word 1 ',
        '+word 2 ',
        '+word 3 ',
        '=a',
        'working still ""',
        'working still {"k":1}',
        '+b.',
        'working nearly ""',
        '+last',
        'completed done ""',
      ])
      for (let behind = 1; behind <= whole.length; behind++) {
        const client = await clientOf(url, breaking(behind, 1000))
        const stream = client.sendStreamingMessage({ message: userMessage('go') })
        expect(await read(stream), `cut behind ${behind}`).toEqual(whole)
        expect(stream.task).toEqual(await client.getTask({ id: stream.task?.id as string }))
      }
      const client = await clientOf(url, breaking(1))
      const stream = client.sendStreamingMessage({ message: userMessage('go') })
      expect(await read(stream), 'cut behind each').toEqual(whole)
      expect(stream.task).toEqual(await client.getTask({ id: stream.task?.id as string }))
    },
  )

  it('in a subscription that sees questions and answers, has the task as it is stored in the end', async () => {
    const { url } = await start({
      async *onMessage(message, { slots }) {
        yield `heard ${message.text} `
        return slots.answer === undefined ? reply.inputRequired({ prompt: 'which?' }) : reply.completed('thanks')
      },
    })
    const sender = await clientOf(url)
    for (let behind = 1; behind <= 8; behind++) {
      const { task } = (await sender.sendStreamingMessage({ message: userMessage('go') }).result()) as {
        task: { id: string }
      }
      const client = await clientOf(url, breaking(behind, 2, 1000))
      const stream = client.subscribeToTask({ id: task.id })
      const all = read(stream)
      await new Promise((resolve) => setTimeout(resolve, 20))
      await sender.sendStreamingMessage({ message: userMessage('this', { taskId: task.id }) }).result()
      const seen = await all
      expect(
        seen.filter((one) => one.startsWith('completed')),
        `cut behind ${behind}`,
      ).toHaveLength(1)
      expect(seen[0]).toBe('task input-required 1')
      expect(stream.task).toEqual(await client.getTask({ id: task.id }))
    }
  })
})

describe.each(bindingNames)('SubscribeToTask with Last-Event-ID over %s', (binding) => {
  const headers = (id: string) => ({ 'a2a-extensions': replay, 'last-event-id': id })
  const send = (url: string) => open(fetch, url, binding, 'SendStreamingMessage', sendParams('go'))
  const subscribe = (url: string, id: string, given: Record<string, string>) =>
    open(fetch, url, binding, 'SubscribeToTask', { id }, { headers: given })

  it('goes on behind that event, even where the task is over', async () => {
    const { url } = await start(lively(0))
    const sent = await send(url)
    const frames = await sent.rest()
    const id = eventOf(binding, frames[0] as never).task.id
    for (let index = 0; index < frames.length - 1; index++) {
      const opened = await subscribe(url, id, headers(frames[index]?.id as string))
      expect(opened.headers.get('a2a-extensions')).toBe(replay)
      // Whole, with times, messages and ids.
      expect(await opened.rest(), `cut behind ${frames[index]?.id}`).toEqual(frames.slice(index + 1))
    }
    // Nothing is left: the usual answer for a task that is over.
    const over = await subscribe(url, id, headers(frames.at(-1)?.id as string))
    expect(JSON.stringify(await over.json())).toContain('UNSUPPORTED_OPERATION')
  })

  it('waits for what is new where there is nothing yet', async () => {
    const gate = Promise.withResolvers<void>()
    const { url } = await start({
      async *onMessage() {
        yield 'one'
        await gate.promise
        yield 'two'
      },
    })
    const sent = await send(url)
    const frames = [await sent.next(), await sent.next(), await sent.next()]
    const id = eventOf(binding, frames[0] as never).task.id
    const opened = await subscribe(url, id, headers(frames[2]?.id as string))
    expect(opened.status).toBe(200)
    gate.resolve()
    expect(brief(binding, await opened.rest())).toEqual(['+two', 'completed'])
  })

  it('begins with the task where the id says nothing, or the extension is not turned on', async () => {
    const { url } = await start({ onMessage: () => reply.inputRequired({ prompt: '?' }) })
    const sent = await send(url)
    const id = eventOf(binding, (await sent.next()) as never).task.id
    await sent.rest()
    for (const given of [
      { 'last-event-id': '1' },
      headers('x'),
      headers('-1'),
      headers('1e3'),
      headers('999'),
      headers(''),
      {},
    ]) {
      const opened = await subscribe(url, id, given)
      expect([given, ...brief(binding, [(await opened.next()) as never])]).toEqual([given, 'task input-required'])
      await opened.cancel()
    }
  })

  const firstOf = async (url: string, id: string) => {
    const opened = await subscribe(url, id, headers('1'))
    const first = await opened.next()
    await opened.cancel()
    return first?.comment === undefined ? brief(binding, [first as never]) : []
  }

  it('begins with the task where the events are gone', async () => {
    const gate = Promise.withResolvers<void>()
    const { url } = await start(
      {
        async *onMessage() {
          for (let count = 0; count < 50; count++) yield `${count} `
          await gate.promise
        },
      },
      { add: [smallStore] },
    )
    const sent = await send(url)
    const id = eventOf(binding, (await sent.next()) as never).task.id
    for (let count = 0; count < 51; count++) await sent.next()
    // Nobody follows the task now, so that nothing of it is at hand.
    await sent.cancel()
    await vi.waitFor(async () => expect(await firstOf(url, id)).toEqual(['task working']))
    const opened = await subscribe(url, id, headers('1'))
    expect(brief(binding, [(await opened.next()) as never])).toEqual(['task working'])
    gate.resolve()
    expect(brief(binding, await opened.rest())).toEqual(['completed'])
  })
})
