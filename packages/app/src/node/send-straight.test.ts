import { createServer, type Server, ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type AnyFeature, defineAgent, defineFeature, reply } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { createSseHub, type SseHubOptions, type SseStream, sseResponse } from '@pf-agents/http-kit'
import express from 'express'
import { Hono } from 'hono'
import { serve as serveHono } from '@hono/node-server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { App } from '../app'
import { createApp } from '../create-app'
import type { AppOptions } from '../options'
import { toNodeListener } from './listener'
import { mount } from './mount'

const agent = defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => reply.text('x') })

const servers: { closeAllConnections?(): void; close(): unknown }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.()
    server.close()
  }
  vi.restoreAllMocks()
})

/** An app whose `/s` streams, and the streams it opened. */
function streamingApp(begin: (stream: SseStream) => void, options: AppOptions = {}, hubOptions: SseHubOptions = {}) {
  const hub = createSseHub({ stallMs: 400, ...hubOptions })
  const streams: SseStream[] = []
  const told: string[] = []
  const feature: AnyFeature = defineFeature({
    name: 'streams',
    targets: ['node'],
    setup: () => ({
      routes: [
        {
          method: 'GET',
          path: '/s',
          handle() {
            const stream = hub.open({ gone: () => told.push('gone'), stalled: () => 'data: stalled\n\n' })
            streams.push(stream)
            begin(stream)
            return sseResponse(stream, { 'x-own': 'yes' })
          },
        },
      ],
    }),
  })
  const app = createApp(agent, [feature], { logger: { log: () => {} }, ...options }) as App<never>
  return { app, hub, streams, told }
}

async function listen(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const writeAll = (stream: SseStream) => {
  for (const text of ['a', 'ä', '😀']) stream.write(`data: ${text}\n\n`)
  stream.close()
}
const whole = 'data: a\n\ndata: ä\n\ndata: 😀\n\n'

const until = (condition: () => boolean) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000 })

describe('a stream on Node', () => {
  it('arrives whole, in few chunks, on a connection that is kept', async () => {
    const { app, hub } = streamingApp(writeAll)
    const send = vi.spyOn(ServerResponse.prototype, 'write')
    const url = await listen(createServer(toNodeListener(app)))
    for (let count = 0; count < 3; count++) {
      const response = await fetch(`${url}/s`)
      expect(response.headers.get('content-type')).toBe('text/event-stream')
      expect(response.headers.get('x-own')).toBe('yes')
      expect(await response.text()).toBe(whole)
    }
    expect(send.mock.calls.length).toBeLessThanOrEqual(3)
    await until(() => hub.size === 0)
  })

  it('sends its first event at once, and later ones as they come', async () => {
    const { app, streams } = streamingApp((stream) => stream.write('data: 1\n\n'))
    const url = await listen(createServer(toNodeListener(app)))
    const reader = (await fetch(`${url}/s`)).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    const next = async () => new TextDecoder().decode((await reader.read()).value)
    expect(await next()).toBe('data: 1\n\n')
    streams[0]?.write('data: 2\n\n')
    expect(await next()).toBe('data: 2\n\n')
    await reader.cancel()
  })

  it('says that it was heard where nothing is to be told yet', async () => {
    const { app, streams } = streamingApp(() => {})
    const url = await listen(createServer(toNodeListener(app)))
    const response = await fetch(`${url}/s`)
    expect(response.status).toBe(200)
    streams[0]?.close()
    expect(await response.text()).toBe('')
  })

  it('arrives whole where it is larger than what a connection takes at once', async () => {
    const frame = `data: ${'ä'.repeat(50_000)}\n\n`
    const { app } = streamingApp((stream) => {
      void (async () => {
        for (let count = 0; count < 100; count++) if (!stream.write(frame)) await stream.room()
        stream.close()
      })()
    })
    const url = await listen(createServer(toNodeListener(app)))
    expect(await (await fetch(`${url}/s`)).text()).toBe(frame.repeat(100))
  })

  it('ends for its writer when the client goes away', async () => {
    const { app, told, hub } = streamingApp((stream) => stream.write('data: 1\n\n'))
    const url = await listen(createServer(toNodeListener(app)))
    const controller = new AbortController()
    const response = await fetch(`${url}/s`, { signal: controller.signal })
    await response.body?.getReader().read()
    controller.abort()
    await until(() => told.length > 0)
    expect(told).toEqual(['gone'])
    expect(hub.size).toBe(0)
  })

  it('is cut off where its reader takes nothing', async () => {
    const { app, told, hub } = streamingApp((stream) => {
      void (async () => {
        while (!stream.isOver) if (!stream.write(`data: ${'x'.repeat(65_000)}\n\n`)) await stream.room()
      })()
    })
    const url = await listen(createServer(toNodeListener(app)))
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write('GET /s HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(() => hub.size === 0 && told.length > 0)
    expect(told).toEqual(['gone'])
    socket.destroy()
  })

  it('is cut off, too, where what waits is too little to hold its writer back', async () => {
    const clock = createFakeClock()
    const { app, hub, streams, told } = streamingApp(() => {}, {}, { clock, heartbeatMs: 0, stallMs: 800 })
    const server = createServer(toNodeListener(app))
    let end: Socket | undefined
    server.on('connection', (socket) => (end = socket))
    const url = await listen(server)
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write('GET /s HTTP/1.1\r\nhost: x\r\n\r\n')
    await until(() => streams.length > 0)
    const stream = streams[0] as SseStream
    // Until the kernel takes no more, and no longer.
    while (end?.writableLength === 0) {
      expect(stream.write(`data: ${'x'.repeat(10_000)}\n\n`)).toBe(true)
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect(stream.isBehind).toBe(false)
    await clock.advance(700)
    expect(told).toEqual([])
    await clock.advance(300)
    expect(told).toEqual(['gone'])
    expect(end?.destroyed).toBe(false)
    await clock.advance(800)
    expect(end?.destroyed).toBe(true)
    expect(hub.size).toBe(0)
    expect(clock.pending).toBe(0)
    socket.destroy()
  })

  it('has the headers that middleware added', async () => {
    const { app } = streamingApp(writeAll, {
      use: [
        async (context, next) => {
          await next()
          context.res.headers.set('x-added', '1')
          context.res.headers.append('set-cookie', 'a=1')
          context.res.headers.append('set-cookie', 'b=2')
        },
      ],
    })
    const url = await listen(createServer(toNodeListener(app)))
    const response = await fetch(`${url}/s`)
    expect(response.headers.get('x-added')).toBe('1')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe(whole)
  })

  it('goes through what middleware made of its body', async () => {
    const { app, hub } = streamingApp(writeAll, {
      use: [
        async (context, next) => {
          await next()
          const upper = new TransformStream<Uint8Array, Uint8Array>({
            transform: (chunk, controller) =>
              controller.enqueue(new TextEncoder().encode(new TextDecoder().decode(chunk).toUpperCase())),
          })
          context.res = new Response(context.res.body?.pipeThrough(upper), context.res)
        },
      ],
    })
    const url = await listen(createServer(toNodeListener(app)))
    expect(await (await fetch(`${url}/s`)).text()).toBe(whole.toUpperCase())
    await until(() => hub.size === 0)
  })

  it('is served in Express and in Hono, below a path', async () => {
    const { app, told } = streamingApp(writeAll)
    const outer = express()
    mount(app, outer, '/in')
    const url = await listen(createServer(outer))
    expect(await (await fetch(`${url}/in/s`)).text()).toBe(whole)

    const hono = new Hono()
    mount(app, hono, '/in')
    const port = await new Promise<number>((resolve) => {
      servers.push(serveHono({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port)))
    })
    const response = await fetch(`http://127.0.0.1:${port}/in/s`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toBe(whole)
    expect(told).toEqual([])
  })
})
