import { type AnyFeature, defineAgent, defineFeature, type Logger, reply } from '@pf-agents/agent-core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../create-app'
import { componentExports } from './component-exports'

vi.mock('pf-host:config', () => ({ getVariable: (name: string) => (name === 'GREETING' ? 'hi' : undefined) }))

/** What the engine hands to a fetch listener. Its request's own signal is not to be touched. */
class GuestEvent {
  readonly request: Request
  readonly waited: Promise<unknown>[] = []
  response: Promise<Response> | undefined

  constructor(url: string, init?: RequestInit) {
    this.request = new Request(url, init)
    Object.defineProperty(this.request, 'signal', {
      configurable: true,
      get() {
        throw new Error('null function or function signature mismatch')
      },
    })
  }
  respondWith(response: Promise<Response>): void {
    this.response = response
  }
  waitUntil(promise: Promise<unknown>): void {
    this.waited.push(promise)
  }
}

const listeners: ((event: GuestEvent) => void)[] = []
beforeEach(() => {
  listeners.length = 0
  vi.stubGlobal('addEventListener', (type: string, listener: (event: GuestEvent) => void) => {
    if (type === 'fetch') listeners.push(listener)
  })
  return () => vi.unstubAllGlobals()
})

async function send(url: string, init?: RequestInit) {
  const event = new GuestEvent(url, init)
  listeners[0]?.(event)
  return { response: (await event.response) as Response, waited: event.waited }
}

const agent = defineAgent({
  name: 'guest',
  description: 'd',
  version: '1',
  onMessage: async (message, context) => reply.text(`${await context.variable('GREETING')} ${message.text}`),
})
const speak: AnyFeature = defineFeature({
  name: 'speak',
  targets: ['node', 'wasm'],
  setup: ({ agents }) => ({
    routes: [
      {
        method: 'POST',
        path: '/speak',
        async handle(request, { principal, waitUntil }) {
          const text = await request.text()
          const message = { messageId: 'm', role: 'user' as const, parts: [{ text }] }
          const outcome = await agents[0]?.runtime.submit({ message, principal, waitUntil }).outcome
          return new Response(outcome?.message?.parts[0]?.text)
        },
      },
      {
        method: 'POST',
        path: '/read',
        handle: async (_, info) => new Response(String((await info.readBody()).length)),
      },
    ],
  }),
})

describe('componentExports', () => {
  it('answers requests as the app does, with the host’s variables, and keeps the run alive', async () => {
    componentExports(createApp(agent, [speak]), { world: 'spin' })
    expect(listeners).toHaveLength(1)
    const { response, waited } = await send('http://spin.example/speak', {
      method: 'POST',
      body: 'there',
      headers: { 'content-length': '5' },
    })
    expect(await response.text()).toBe('hi there')
    expect(waited).toHaveLength(1)
    await Promise.all(waited)
  })

  it('answers bodies without a length, and errors', async () => {
    componentExports(createApp(agent, [speak], { limits: { bodyBytes: 10 } }))
    expect(await (await send('http://h/speak', { method: 'POST', body: 'you' })).response.text()).toBe('hi you')
    expect((await send('http://h/speak', { method: 'POST', body: 'x'.repeat(11) })).response.status).toBe(413)
    expect((await send('http://h/nothing')).response.status).toBe(404)
  })

  it.each([{}, { 'content-length': '100' }])('takes a client that goes away for no failure: %j', async (headers) => {
    const log = vi.fn<Logger['log']>()
    componentExports(createApp(agent, [speak], { logger: { log } }))
    const read = async (body: string | ReadableStream<Uint8Array>) =>
      (await send('http://h/read', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)).response
    expect(await (await read('four')).text()).toBe('4')
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(3)),
      pull: () => Promise.reject(new TypeError('IO error reading from incoming request body')),
    })
    const response = await read(broken)
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'PF_REQUEST_INVALID' } }])
    expect(log).not.toHaveBeenCalled()
  })

  it('exports the definition', () => {
    const { discovery } = componentExports(createApp(agent, [speak]), {
      world: 'wasi-http',
      builtAt: 1,
    })
    expect(JSON.parse(discovery.configureAgent())).toMatchObject({
      schema: 'agent-definition.v1',
      name: 'guest',
      world: 'wasi-http',
      taskLifetime: 'request',
      targets: ['node', 'wasm'],
    })
  })

  it('refuses an app that was made for Node, and features of Node', () => {
    expect(() => componentExports(createApp(agent, [speak], { target: 'node' }))).toThrow('The app was made for Node')
    const redis = defineFeature({
      name: 'redis-storage',
      targets: ['node'],
      unavailable: { reason: 'it needs TCP sockets' },
      setup: () => ({}),
    })
    expect(() => componentExports(createApp(agent, [redis as AnyFeature], { target: 'node' }))).toThrow(
      'redis-storage does not work on wasm (only on node): it needs TCP sockets.',
    )
  })
})
