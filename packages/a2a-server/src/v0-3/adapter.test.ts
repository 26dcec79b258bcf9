import { type ClientBinding, createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { createApp } from '@pf-agents/app'
import { defineAgent, reply } from '@pf-agents/agent-core'
import { eventStream } from '@pf-agents/event-stream'
import { build } from 'esbuild'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { a2aServer, strictA2AServer } from '../a2a-server'
import { defineExtension } from '../extension/extension'
import { pushNotifications } from '../push/push-notifications'
import { suiteAgent } from '../suite/agent'
import type { Json } from '../suite/client'

const logger = { log: () => {} }
type App = ReturnType<typeof createApp>

async function rpc(
  app: App,
  method: string,
  params: object,
  headers: Record<string, string> = {},
  path = '/',
): Promise<Json> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const request = new Request(`http://agent.test${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  const response = await app.fetch(request)
  const text = await response.text()
  return { response, text, ...(text.startsWith('{') ? JSON.parse(text) : {}) }
}

const message = (text: string, more = {}) => ({
  kind: 'message',
  messageId: 'm',
  role: 'user',
  parts: [{ kind: 'text', text }],
  ...more,
})
const get = (app: App, path: string, headers = {}) => app.fetch(new Request(`http://agent.test${path}`, { headers }))

describe.each([
  ['strictA2AServer()', () => strictA2AServer()],
  ['a2aServer({ v03: false })', () => a2aServer({ v03: false })],
])('%s', (_, feature) => {
  it('tells callers of 0.3 the version, and has neither card nor paths for them', async () => {
    const app = createApp(suiteAgent, [feature()], { logger })
    for (const headers of [{}, { 'a2a-version': '0.3' }] as Record<string, string>[]) {
      expect((await rpc(app, 'message/send', { message: message('x') }, headers)).error.code).toBe(-32009)
      const response = await app.fetch(new Request('http://agent.test/v1/message:send', { method: 'POST', headers }))
      expect([response.status, ((await response.json()) as Json).error.details[0].reason]).toEqual([
        400,
        'VERSION_NOT_SUPPORTED',
      ])
    }
    expect((await get(app, '/.well-known/agent.json')).status).toBe(404)
    const card = await get(app, '/.well-known/agent-card.json', { 'a2a-version': '0.3' })
    expect([card.headers.get('vary'), ((await card.json()) as Json).supportedInterfaces.length]).toEqual([null, 2])
  })
})

it('who leaves 0.3 out pays no byte for it', async () => {
  const packages = join(import.meta.dirname, '../../..')
  const bundle = async (code: string) => {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      platform: 'node',
      plugins: [
        {
          name: 'workspace-sources',
          setup({ onResolve }) {
            onResolve({ filter: /^@pf-agents\// }, ({ path }) => {
              const [, name = '', entry = 'index'] = path.split('/')
              const file = join(packages, name, 'src', `${entry}.ts`)
              return existsSync(file) ? { path: file, sideEffects: false } : undefined
            })
          },
        },
      ],
    })
    return outputFiles[0]?.text ?? ''
  }
  const strict = await bundle(`export { strictA2AServer } from '@pf-agents/a2a-server'`)
  const both = await bundle(`export { a2aServer } from '@pf-agents/a2a-server'`)
  for (const word of ['message/send', 'TASK_STATE_CANCELLED', 'data_part_compat', '/v1/', 'preferredTransport']) {
    expect([word, both.includes(word), strict.includes(word)]).toEqual([word, true, false])
  }
  expect(both.length - strict.length).toBeLessThan(16_000)
})

describe('callers of 0.3', () => {
  it('of a tenant find it in the path of the address on its card', async () => {
    const tenants = {
      one: suiteAgent,
      two: defineAgent({ ...suiteAgent, name: 'two', onMessage: () => reply.text('two') }),
    }
    const app = createApp({ tenants }, [a2aServer({ path: '/a2a', publicUrl: 'https://agent.example' })], { logger })
    const card = (await (await get(app, '/two/.well-known/agent.json')).json()) as Json
    expect([card.name, card.url]).toEqual(['two', 'https://agent.example/two/a2a'])
    const { result } = await rpc(app, 'message/send', { message: message('x') }, {}, new URL(card.url).pathname)
    expect(result.parts[0].text).toBe('two')
  })

  it('turn extensions on by the name that 0.3 has for the header', async () => {
    const marked = defineExtension({
      uri: 'urn:x:mark',
      required: true,
      outgoing: (event) => ('message' in event ? { message: { ...event.message, metadata: { mark: 1 } } } : event),
    })
    const app = createApp(suiteAgent, [a2aServer({ extensions: [marked] })], { logger })
    expect((await rpc(app, 'message/send', { message: message('x') })).error.code).toBe(-32600)
    const { result, response } = await rpc(
      app,
      'message/send',
      { message: message('x') },
      { 'x-a2a-extensions': 'urn:x:mark, urn:other' },
    )
    expect([result.metadata, response.headers.get('x-a2a-extensions')]).toEqual([{ mark: 1 }, 'urn:x:mark'])
  })

  it.each([
    ['/', 'message/send'],
    ['/', 'message/stream'],
    ['/v1/message:send', undefined],
    ['/v1/message:stream', undefined],
  ])('are told by that name, too, which are turned on (%s, %s)', async (path, method) => {
    const features = [a2aServer({ extensions: [defineExtension({ uri: 'urn:x:a' })] }), eventStream()]
    const app = createApp(suiteAgent, features, { logger })
    const given = { message: message('x') }
    const ask = (headers: Record<string, string>) =>
      app.fetch(
        new Request(`http://agent.test${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(method === undefined ? given : { jsonrpc: '2.0', id: 1, method, params: given }),
        }),
      )
    const told = async (headers: Record<string, string>) => {
      const response = await ask(headers)
      await response.text()
      return [response.status, response.headers.get('x-a2a-extensions'), response.headers.get('a2a-extensions')]
    }
    expect(await told({ 'x-a2a-extensions': 'urn:x:a, urn:other' })).toEqual([200, 'urn:x:a', null])
    expect(await told({ 'a2a-extensions': 'urn:x:a' })).toEqual([200, 'urn:x:a', null])
    expect(await told({})).toEqual([200, null, null])
    await app.close()
  })

  it.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])(
    'go on behind the last event where a stream was cut, as those of 1.0 do (%s)',
    async (binding) => {
      const agent = defineAgent({
        ...suiteAgent,
        skills: [],
        async *onMessage() {
          for (const word of ['a', 'b', 'c', 'd']) {
            yield word
            await new Promise((resolve) => setImmediate(resolve))
          }
        },
      })
      const features = [a2aServer({ extensions: [defineExtension({ uri: 'urn:x:a' })] }), eventStream()]
      const app = createApp(agent, features, { logger })
      const asked: Headers[] = []
      const client = createA2AClient({
        url: 'http://agent.test',
        prefer: { bindings: [binding], versions: ['0.3'] },
        extensions: ['urn:x:a'],
        streams: { resubscribe: { baseMs: 0 } },
        fetch: async (url, init) => {
          const response = await app.fetch(new Request(url, init))
          if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response
          asked.push(new Headers(init?.headers))
          // Every connection breaks behind its second event.
          const frames = (await response.text()).match(/[^]*?\n\n/g) ?? []
          const events = frames.filter((frame) => frame.includes('data:'))
          const isCut = events.length > 2
          const body = new ReadableStream<Uint8Array>({
            start(controller) {
              controller.enqueue(new TextEncoder().encode(events.slice(0, 2).join('')))
              if (!isCut) controller.close()
            },
            pull: (controller) => controller.error(new TypeError('terminated')),
          })
          return new Response(body, response)
        },
      })
      const seen: string[] = []
      for await (const event of client.sendStreamingMessage({ message: userMessage('go') })) {
        if ('artifactUpdate' in event) seen.push(event.artifactUpdate.artifact.parts.map(({ text }) => text).join(''))
        // The task is told once, and not anew with each connection.
        if ('task' in event) seen.push('task')
      }
      expect(seen.join('')).toBe('taskabcd')
      expect(asked.length).toBeGreaterThan(1)
      for (const [index, headers] of asked.entries()) {
        expect(headers.get('x-a2a-extensions')).toBe('urn:x:a,urn:pf-agents:a2a:replay:v1')
        expect(headers.has('last-event-id')).toBe(index > 0)
      }
      await app.close()
    },
  )

  it('that want a stream are told an error in a stream, for they take nothing else', async () => {
    const app = createApp(suiteAgent, [a2aServer(), eventStream()], { logger })
    const { response, text } = await rpc(app, 'tasks/resubscribe', { id: 'made-up' }, { accept: 'text/event-stream' })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ])
    expect(JSON.parse(text.replace(/^data: /, ''))).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code: -32001 } })
    expect((await rpc(app, 'tasks/resubscribe', { id: 'made-up' })).error.code).toBe(-32001)
    await app.close()
  })

  it('get streams whose every event is of 0.3, streamed text too', async () => {
    const agent = defineAgent({
      ...suiteAgent,
      skills: [],
      async *onMessage() {
        yield 'a'
        await new Promise((resolve) => setImmediate(resolve))
        yield 'b'
        await new Promise((resolve) => setImmediate(resolve))
        yield 'c'
      },
    })
    const app = createApp(agent, [a2aServer(), eventStream()], { logger })
    const { text } = await rpc(app, 'message/stream', { message: message('x') }, { accept: 'text/event-stream' })
    const events: Json[] = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json as string).result)
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['task', 'status-update', 'artifact-update']))
    expect(events.every(({ kind }) => typeof kind === 'string')).toBe(true)
    const words = events.flatMap(({ kind, artifact }) => (kind === 'artifact-update' ? artifact.parts : []))
    expect(words.every(({ kind }: Json) => kind === 'text')).toBe(true)
    expect(words.map((part: Json) => part.text).join('')).toBe('abc')
    expect(events.filter(({ final }) => final === true)).toHaveLength(1)
    await app.close()
  })

  it('may ask for the push config of a task without saying which', async () => {
    const push = pushNotifications({ resolve: async () => [{ address: '93.184.216.34', family: 4 }] })
    const app = createApp(suiteAgent, [a2aServer(), push], { logger })
    const { result: task } = await rpc(app, 'message/send', { message: message('ask') })
    const { id } = task
    expect((await rpc(app, 'tasks/pushNotificationConfig/get', { id })).error.code).toBe(-32001)
    const url = 'https://hooks.example/'
    await rpc(app, 'tasks/pushNotificationConfig/set', { taskId: id, pushNotificationConfig: { id: 'other', url } })
    expect((await rpc(app, 'tasks/pushNotificationConfig/get', { id })).result.pushNotificationConfig.id).toBe('other')
    const { result: set } = await rpc(app, 'tasks/pushNotificationConfig/set', {
      taskId: id,
      pushNotificationConfig: { url },
    })
    expect(set.pushNotificationConfig).toEqual({ id, url })
    expect((await rpc(app, 'tasks/pushNotificationConfig/get', { id })).result).toEqual(set)
    expect(
      (await rpc(app, 'tasks/pushNotificationConfig/delete', { id, pushNotificationConfigId: id })).result,
    ).toBeNull()
    await app.close()
  })

  it('that are not let in are told so in the form of 0.3', async () => {
    const { bearer } = await import('@pf-agents/auth')
    const app = createApp(suiteAgent, [a2aServer()], { logger, auth: [bearer({ accept: { alice: 'token' } })] })
    const response = await get(app, '/v1/tasks/x')
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Bearer'),
    ])
    expect(await response.json()).toMatchObject({ code: -32000, type: 'UnauthenticatedError' })
  })
})

it('one task is seen by callers of both versions, each in their own form', async () => {
  const app = createApp(suiteAgent, [a2aServer()], { logger })
  const { result } = await rpc(app, 'message/send', { message: message('parts') })
  const { result: same } = await rpc(app, 'GetTask', { id: result.id }, { 'a2a-version': '1.0' })
  expect([same.id, same.status.state, same.artifacts[0].parts[4]]).toEqual([
    result.id,
    'TASK_STATE_COMPLETED',
    { data: null },
  ])
  expect(result.artifacts[0].parts[4]).toEqual({
    kind: 'data',
    data: { value: null },
    metadata: { data_part_compat: true },
  })
})
