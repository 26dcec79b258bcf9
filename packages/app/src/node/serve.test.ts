import { connect, createServer, type Socket } from 'node:net'
import {
  type AnyFeature,
  defineAgent,
  defineFeature,
  type FeatureRoute,
  type Logger,
  reply,
} from '@pf-agents/agent-core'
import { bearer } from '@pf-agents/auth'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../create-app'
import type { AppLimits, AppOptions } from '../options'
import { type RunningServer, serve, type ServeOptions } from './serve'

const agent = defineAgent({
  name: 'a',
  description: 'd',
  version: '1',
  needs: { outbound: ['http://127.0.0.1:*'] },
  onMessage: (message) => reply.text(message.text),
})

const servers: RunningServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function start(routes: FeatureRoute[], options: AppOptions = {}, serving: ServeOptions = {}) {
  const feature: AnyFeature = defineFeature({ name: 'test', targets: ['node'], setup: () => ({ routes }) })
  const server = await serve(createApp(agent, [feature], { logger: { log: () => {} }, ...options }), {
    port: 0,
    ...serving,
  })
  servers.push(server)
  return server
}

/** What a server says to bytes as they are. */
function raw(port: number, ...lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.join('\r\n')))
    socket
      .setEncoding('utf8')
      .on('data', (chunk) => (answer += chunk))
      .on('close', () => resolve(answer))
      .on('error', reject)
  })
}

const route = (handle: FeatureRoute['handle'], more: Partial<FeatureRoute> = {}): FeatureRoute => ({
  method: 'GET',
  path: '/x',
  handle,
  ...more,
})

describe('serve', () => {
  it('listens on this machine only, and says where', async () => {
    const server = await start([route(() => new Response('hello'))])
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    expect(await (await fetch(`${server.url}/x`)).text()).toBe('hello')
  })

  it('tells the peer address, and gives variables and outbound HTTP', async () => {
    process.env.PF_TEST_VARIABLE = 'from the environment'
    const target = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nreached'))
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
    const { port } = target.address() as { port: number }
    let ask: ((what: string) => Promise<string>) | undefined
    const asking = defineAgent({
      ...agent,
      onMessage: async (_message, context) => {
        ask = async (address) => (await context.fetch(address)).text()
        return reply.text(`${await context.variable('PF_TEST_VARIABLE')}, ${await ask(`http://127.0.0.1:${port}/`)}`)
      },
    })
    const feature: AnyFeature = defineFeature({
      name: 'test',
      targets: ['node'],
      setup: ({ agents }) => ({
        routes: [
          route(async (_request, info) => {
            const message = { messageId: 'm', role: 'user' as const, parts: [{ text: 'hi' }] }
            const outcome = await agents[0]?.runtime.submit({ message, principal: info.principal }).outcome
            return Response.json({ from: info.remoteAddress, said: outcome?.message?.parts[0]?.text })
          }),
        ],
      }),
    })
    const server = await serve(createApp(asking, [feature]), { port: 0 })
    servers.push(server)
    try {
      expect(await (await fetch(`${server.url}/x`)).json()).toEqual({
        from: '127.0.0.1',
        said: 'from the environment, reached',
      })
    } finally {
      delete process.env.PF_TEST_VARIABLE
      target.close()
    }
  })

  it('warns where anybody may use the agent from outside', async () => {
    const log = vi.fn<Logger['log']>()
    await start([], { logger: { log } }, { hostname: '0.0.0.0' })
    expect(log).toHaveBeenCalledWith('warn', expect.stringContaining('without authentication'), { hostname: '0.0.0.0' })
    log.mockClear()
    await start([], { logger: { log } }, { hostname: 'localhost' })
    await start([], { logger: { log }, auth: [bearer({ accept: { a: 'token' } })] }, { hostname: '0.0.0.0' })
    expect(log).not.toHaveBeenCalled()
  })

  it('rejects where it can not listen', async () => {
    const { port } = await start([])
    await expect(start([], {}, { port })).rejects.toThrow('EADDRINUSE')
  })

  it('reads bodies of every kind of framing, and holds them to the limit', async () => {
    const { port } = await start(
      [route(async (_request, info) => new Response(`${(await info.readBody()).byteLength}`), { method: 'POST' })],
      { limits: { bodyBytes: 100 } },
    )
    const post = (headers: string[], body: string) =>
      raw(port, 'POST /x HTTP/1.1', 'host: h', 'connection: close', ...headers, '', body)
    expect(await post(['content-length: 5'], 'hello')).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\n\r\n5$/)
    expect(await post(['transfer-encoding: chunked'], '5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n')).toMatch(
      /^HTTP\/1.1 200 [\s\S]*\r\n\r\n8$/,
    )
    expect(await post([], '')).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\n\r\n0$/)
    expect(await post(['content-length: 101'], '')).toMatch(/^HTTP\/1.1 413 /)
    expect(await post(['transfer-encoding: chunked'], `65\r\n${'x'.repeat(101)}\r\n0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 /,
    )
    // Two lengths that disagree are how requests are smuggled: the parser takes neither.
    expect(await post(['content-length: 5', 'transfer-encoding: chunked'], '0\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
  })

  it('refuses what is no request', async () => {
    const { port } = await start([route(() => new Response('x'))])
    expect(await raw(port, 'GET /x HTTP/1.1', 'host: a b', 'connection: close', '', '')).toMatch(
      /^HTTP\/1.1 400 [\s\S]*PF_REQUEST_INVALID/,
    )
    expect(await raw(port, 'rubbish', '', '')).toMatch(/^HTTP\/1.1 400 /)
    expect(await raw(port, 'GET /x HTTP/1.1', 'host: h', `x: ${'y'.repeat(20_000)}`, '', '')).toMatch(/^HTTP\/1.1 431 /)
  })

  it('ends connections of clients that are too slow', async () => {
    const { port } = await start([], {}, { headersTimeoutMs: 100, requestTimeoutMs: 100 })
    expect(await raw(port, 'GET /x HTTP/1.1', 'host: h')).toMatch(/^HTTP\/1.1 408 /)
  })
})

describe('time limits', () => {
  it('a short one for the whole request holds for its headers, too', async () => {
    const { port } = await start([], {}, { requestTimeoutMs: 100 })
    expect(await raw(port, 'GET /x HTTP/1.1', 'host: h')).toMatch(/^HTTP\/1.1 408 /)
  })

  it('zero is none', async () => {
    const { url } = await start([route(() => new Response('x'))], {}, { requestTimeoutMs: 0 })
    expect((await fetch(`${url}/x`)).status).toBe(200)
  })

  it('says so where headers may take longer than the request', async () => {
    await expect(start([], {}, { headersTimeoutMs: 200, requestTimeoutMs: 100 })).rejects.toMatchObject({
      code: 'PF_CONFIG_INVALID',
    })
  })
})

describe('close', () => {
  it('takes no new connections, and lets requests end', async () => {
    let answer: (() => void) | undefined
    const server = await start([
      route(() => new Promise((resolve) => (answer = () => resolve(new Response('late but there'))))),
    ])
    const pending = fetch(`${server.url}/x`)
    await vi.waitFor(() => expect(answer).toBeDefined())
    const closing = server.close()
    await expect(fetch(`${server.url}/x`)).rejects.toThrow('fetch failed')
    answer?.()
    expect(await (await pending).text()).toBe('late but there')
    await closing
  })

  it('aborts what does not end in time, answers it, and cuts what is left', async () => {
    const waiting = defineAgent({
      ...agent,
      onMessage: (_message, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    })
    const feature: AnyFeature = defineFeature({
      name: 'test',
      targets: ['node'],
      setup: ({ agents }) => ({
        routes: [
          route(async (_request, info) => {
            const message = { messageId: 'm', role: 'user' as const, parts: [{ text: 'hi' }] }
            const { task } =
              (await agents[0]?.runtime.submit({ message, principal: info.principal, asTask: true }).outcome) ?? {}
            return new Response(task?.task.status.state)
          }),
          route(() => new Promise(() => {}), { path: '/never' }),
        ],
      }),
    })
    const server = await serve(createApp(waiting, [feature], { closeGraceMs: 50, logger: { log: () => {} } }), {
      port: 0,
      drainMs: 50,
    })
    const run = fetch(`${server.url}/x`)
    const never = fetch(`${server.url}/never`)
    never.catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    await server.close()
    expect(await (await run).text()).toBe('failed')
    await expect(never).rejects.toThrow('fetch failed')
  })

  it('comes with a signal, where that is wanted', async () => {
    const listeners = () => ['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal))
    const before = listeners()
    const server = await start([], {}, { signals: true })
    expect(listeners()).toEqual(before.map((count) => count + 1))
    process.emit('SIGTERM')
    await vi.waitFor(() => expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed'))
    expect(listeners()).toEqual(before)
  })
})

describe('clients that stall in their bodies', () => {
  const head = 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n'

  /** A route that reads its body; `arrived` waits until so many requests have come to it. */
  async function reading(limits: AppLimits, work: (text: string) => Promise<string> = async (text) => text) {
    let count = 0
    const waiting: [number, () => void][] = []
    const handle: FeatureRoute['handle'] = async (_, info) => {
      const body = info.readBody()
      count++
      for (const [wanted, tell] of waiting) if (count === wanted) tell()
      return new Response(await work(new TextDecoder().decode(await body)))
    }
    const { port, url } = await start([route(handle, { method: 'POST' })], { limits })
    return {
      arrived: (wanted: number) =>
        new Promise<void>((resolve) => (count >= wanted ? resolve() : waiting.push([wanted, resolve]))),
      /** Sends the beginning of a request, and gives its status line when it is answered. */
      stall(body = 'ab') {
        const socket = connect(port, '127.0.0.1', () => socket.write(head + body))
        const status = new Promise<string>((resolve, reject) => {
          socket.setEncoding('utf8').once('data', (text) => resolve(String(text).slice(0, 12)))
          socket.on('error', reject)
        })
        sockets.push(socket)
        return { status, finish: () => socket.write('cd') }
      },
      post: (body: string) => fetch(`${url}/x`, { method: 'POST', body }),
    }
  }
  const sockets: Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  it('do not keep others out, and are answered when they go on', async () => {
    const { arrived, stall, post } = await reading({ concurrentRequests: 2 })
    const stalled = Array.from({ length: 20 }, () => stall())
    await arrived(20)
    for (let round = 0; round < 3; round++) expect([(await post('quick')).status]).toEqual([200])
    for (const { status, finish } of stalled) {
      finish()
      expect(await status).toBe('HTTP/1.1 200')
    }
    for (let round = 0; round < 3; round++) expect((await post('quick')).status).toBe(200)
  })

  it('go where too many wait, the one that takes longest first', async () => {
    const { arrived, stall, post } = await reading({ concurrentRequests: 1, receivingRequests: 2 })
    const stalled = []
    for (let n = 1; n <= 4; n++) {
      stalled.push(stall())
      await arrived(n)
    }
    const [first, second, third, fourth] = stalled
    expect([await first?.status, await second?.status]).toEqual(['HTTP/1.1 503', 'HTTP/1.1 503'])
    // Two wait; whoever comes now takes the place of the third for as long as its own body is on its way.
    const quick = await post('quick')
    expect([quick.status, await quick.text()]).toEqual([200, 'quick'])
    expect(await third?.status).toBe('HTTP/1.1 503')
    fourth?.finish()
    expect(await fourth?.status).toBe('HTTP/1.1 200')
  })

  it('are refused where no place is free when they are done', async () => {
    const begun = Promise.withResolvers<void>()
    const end = Promise.withResolvers<void>()
    const { arrived, stall, post } = await reading({ concurrentRequests: 1 }, async (text) => {
      if (text !== 'long') return text
      begun.resolve()
      await end.promise
      return text
    })
    const late = stall()
    await arrived(1)
    const long = post('long')
    await begun.promise
    late.finish()
    expect(await late.status).toBe('HTTP/1.1 503')
    end.resolve()
    expect((await long).status).toBe(200)
    expect((await post('next')).status).toBe(200)
  })

  it('take no place when their bodies come behind the answer', async () => {
    const answered: FeatureRoute['handle'] = (_, info) => {
      info.readBody().catch(() => {})
      return new Response('early')
    }
    const { port, url } = await start([route(answered, { method: 'POST' })], { limits: { concurrentRequests: 1 } })
    for (let round = 0; round < 3; round++) {
      const socket = connect(port, '127.0.0.1', () => socket.write(`${head}ab`))
      sockets.push(socket)
      await new Promise((resolve) => socket.once('data', resolve))
      socket.on('error', () => {}).write('cd')
      expect((await fetch(`${url}/x`, { method: 'POST', body: 'x' })).status).toBe(200)
    }
  })
})
