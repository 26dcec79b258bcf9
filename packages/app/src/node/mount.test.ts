import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve as serveHono } from '@hono/node-server'
import { type AnyFeature, defineAgent, defineFeature, reply, UnsupportedOnTargetError } from '@pf-agents/agent-core'
import express from 'express'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp } from '../create-app'
import { toNodeListener } from './listener'
import { mount } from './mount'

const agent = defineAgent({
  name: 'a',
  description: 'd',
  version: '1',
  onMessage: (message) => reply.text(message.text),
})
const probe: AnyFeature = defineFeature({
  name: 'probe',
  targets: ['node', 'wasm'],
  setup: () => ({
    routes: (['GET', 'POST'] as const).map((method) => ({
      method,
      path: '/*',
      handle: async (_request, info) =>
        Response.json({
          base: info.basePath,
          path: info.path,
          from: info.remoteAddress,
          body: new TextDecoder().decode(await info.readBody()),
        }),
    })),
  }),
})
const app = () => createApp(agent, [probe], { logger: { log: () => {} }, limits: { bodyBytes: 1000 } })

const servers: { close(): unknown }[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

async function addressOf(server: Server): Promise<string> {
  servers.push(server)
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function ask(url: string, body?: string | ReadableStream) {
  const response = await fetch(url, body === undefined ? {} : ({ method: 'POST', body, duplex: 'half' } as RequestInit))
  return { status: response.status, ...((await response.json()) as object) }
}

const stream = (text: string) => new Blob([text]).stream()

describe.each([
  [
    'Hono',
    () => {
      const hono = new Hono()
      mount(app(), hono, '/agent')
      return serveHono({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    },
  ],
  [
    'Express',
    () => {
      const server = express()
      mount(app(), server, '/agent')
      return server.listen(0, '127.0.0.1')
    },
  ],
] as const)('an app in %s', (_name, start) => {
  it('sees what stands behind the mount path, and where that is', async () => {
    const url = await addressOf(start())
    expect(await ask(`${url}/agent/x/y?q`)).toEqual({
      status: 200,
      base: '/agent',
      path: '/x/y',
      from: '127.0.0.1',
      body: '',
    })
    expect(await ask(`${url}/agent`)).toMatchObject({ status: 200, path: '/' })
    expect((await fetch(`${url}/other`)).status).toBe(404)
  })

  it('reads bodies, and holds them to its limit', async () => {
    const url = await addressOf(start())
    expect(await ask(`${url}/agent/x`, 'hello')).toMatchObject({ body: 'hello' })
    expect(await ask(`${url}/agent/x`, stream('hello'))).toMatchObject({ body: 'hello' })
    expect(await ask(`${url}/agent/x`, 'x'.repeat(1001))).toMatchObject({ status: 413 })
    expect(await ask(`${url}/agent/x`, stream('x'.repeat(1001)))).toMatchObject({ status: 413 })
  })
})

describe('an app behind a body parser', () => {
  it('takes what the parser left, and says so where that is nothing', async () => {
    const server = express()
    server.use('/text', express.text({ type: '*/*' }))
    server.use('/json', express.json({ type: '*/*' }))
    server.use(
      '/kept',
      express.text({
        type: '*/*',
        verify: (incoming, _outgoing, buffer) => Object.assign(incoming, { rawBody: buffer }),
      }),
    )
    server.use('/gone', (incoming, _outgoing, next) => void incoming.resume().once('end', next))
    for (const path of ['/text', '/json', '/kept', '/gone']) mount(app(), server, path)
    const url = await addressOf(server.listen(0, '127.0.0.1'))
    expect(await ask(`${url}/text/x`, 'hello')).toMatchObject({ status: 200, body: 'hello' })
    expect(await ask(`${url}/json/x`, '{ "a": ["é"] }')).toMatchObject({ status: 200, body: '{"a":["é"]}' })
    expect(await ask(`${url}/kept/x`, 'hello')).toMatchObject({ status: 200, body: 'hello' })
    expect(await ask(`${url}/text/x`, 'x'.repeat(1001))).toMatchObject({ status: 413 })
    expect(await ask(`${url}/gone/x`, 'hello')).toMatchObject({ status: 500, error: { code: 'PF_INTERNAL' } })
  })
})

describe('an app in a bare HTTP server', () => {
  it('is a listener', async () => {
    const url = await addressOf(
      createServer((incoming, outgoing) => void toNodeListener(app())(incoming, outgoing)).listen(0, '127.0.0.1'),
    )
    expect(await ask(`${url}/x`, 'hello')).toEqual({
      status: 200,
      base: '',
      path: '/x',
      from: '127.0.0.1',
      body: 'hello',
    })
  })
})

describe('mount', () => {
  it('refuses what is no server, and features of another target', () => {
    expect(() => mount(app(), {} as never)).toThrow('neither a Hono app nor one with use')
    const spin = defineFeature({ name: 'spin-storage', targets: ['wasm'], setup: () => ({}) })
    const wrong = createApp(agent, [spin as AnyFeature], { target: 'wasm' })
    expect(() => mount(wrong, express())).toThrow(UnsupportedOnTargetError)
  })
})
