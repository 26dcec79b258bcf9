import { getEventListeners } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { fetchFailure } from './fetch-failure'
import type { Timeouts } from '../time/timeouts'
import { timedFetch } from './timed-fetch'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('timedFetch', () => {
  it('gives the response as it came, and leaves nothing behind once it is read', async () => {
    const url = await serve((_request, response) => response.writeHead(201, { 'x-a': '1' }).end('hello'))
    const { signal } = new AbortController()
    const clock = createFakeClock()
    const response = await timedFetch(
      fetch,
      url,
      { signal, timeouts: { headersMs: 5000, idleMs: 5000, totalMs: 5000 } },
      clock,
    )
    expect([response.status, response.headers.get('x-a')]).toEqual([201, '1'])
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    expect(await response.text()).toBe('hello')
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(clock.pending).toBe(0)
  })

  it('ends a peer that never answers', async () => {
    const url = await serve(() => {})
    await expect(timedFetch(fetch, url, { timeouts: { headersMs: 30 } })).rejects.toMatchObject({
      code: 'PF_HTTP_TIMEOUT',
      details: { phase: 'headers' },
    })
  })

  it('ends a body that falls silent, and closes its connection', async () => {
    const closed = Promise.withResolvers<void>()
    const url = await serve((request, response) => {
      response.write('a')
      request.socket.on('close', () => closed.resolve())
    })
    const response = await timedFetch(fetch, url, { timeouts: { idleMs: 30 } })
    await expect(response.text()).rejects.toMatchObject({ code: 'PF_HTTP_TIMEOUT', details: { phase: 'idle' } })
    await closed.promise
  })

  /** A body that says something whenever it is asked, and its reader; the time is the test's. */
  async function slowBody(timeouts: Timeouts) {
    const clock = createFakeClock()
    let says!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (says = controller) })
    const response = await timedFetch(async () => new Response(body), 'http://x/', { timeouts }, clock)
    return { clock, says, reader: (response.body as ReadableStream<Uint8Array>).getReader() }
  }

  it('lets a body go on that is slow, but not silent', async () => {
    const { clock, says, reader } = await slowBody({ idleMs: 150 })
    for (let count = 0; count < 15; count++) {
      const reading = reader.read()
      await clock.advance(100)
      says.enqueue(new Uint8Array(1))
      expect((await reading).value).toHaveLength(1)
    }
    const silent = reader.read()
    silent.catch(() => {})
    await clock.advance(151)
    await expect(silent).rejects.toMatchObject({ code: 'PF_HTTP_TIMEOUT', details: { phase: 'idle' } })
    expect(clock.pending).toBe(0)
  })

  it('ends a body that never ends', async () => {
    const { clock, says, reader } = await slowBody({ idleMs: 1000, totalMs: 60 })
    for (let count = 0; count < 5; count++) {
      const reading = reader.read()
      await clock.advance(10)
      says.enqueue(new Uint8Array(1))
      await reading
    }
    const last = reader.read()
    last.catch(() => {})
    await clock.advance(10)
    await expect(last).rejects.toMatchObject({ details: { phase: 'total' } })
    expect(clock.pending).toBe(0)
  })

  it("ends with the caller's signal, before the headers and after", async () => {
    const url = await serve((_request, response) => void response.write('a'))
    const controller = new AbortController()
    const response = await timedFetch(fetch, url, { signal: controller.signal, timeouts: { totalMs: 5000 } })
    const reading = response.text()
    controller.abort('user')
    await expect(reading).rejects.toBe('user')
    await expect(timedFetch(fetch, url, { signal: controller.signal, timeouts: {} })).rejects.toBe('user')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('ends a function that pays no heed to its signal, and cancels what comes late', async () => {
    let canceled = false
    const late = Promise.withResolvers<Response>()
    const call = timedFetch(() => late.promise, 'http://x/', { timeouts: { headersMs: 10 } })
    await expect(call).rejects.toMatchObject({ code: 'PF_HTTP_TIMEOUT' })
    late.resolve(new Response(new ReadableStream({ cancel: () => void (canceled = true) })))
    await new Promise((resolve) => setTimeout(resolve))
    expect(canceled).toBe(true)
  })

  it('leaves nothing behind where the body is canceled, is empty, or fails', async () => {
    const clock = createFakeClock()
    const { signal } = new AbortController()
    const init = { signal, timeouts: { headersMs: 1000, idleMs: 1000, totalMs: 1000 } }
    const canceled = await timedFetch(async () => new Response('x'), 'http://x/', init, clock)
    await canceled.body?.cancel()
    await timedFetch(async () => new Response(null, { status: 204 }), 'http://x/', init, clock)
    const broken = new ReadableStream({ pull: () => Promise.reject(new Error('reset')) })
    await expect((await timedFetch(async () => new Response(broken), 'http://x/', init, clock)).text()).rejects.toThrow(
      'reset',
    )
    await expect(timedFetch(async () => Promise.reject(new Error('down')), 'http://x/', init, clock)).rejects.toThrow(
      'down',
    )
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(clock.pending).toBe(0)
  })

  it('counts no silence while nobody reads', async () => {
    const clock = createFakeClock()
    const there = new ReadableStream({
      start(controller) {
        for (const piece of 'abcd') controller.enqueue(new TextEncoder().encode(piece))
        controller.close()
      },
    })
    const init = { timeouts: { idleMs: 100 } }
    const { body } = await timedFetch(async () => new Response(there), 'http://x/', init, clock)
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
      // The next chunk is fetched ahead; then nothing is read until there is room for it.
      await new Promise((resolve) => setTimeout(resolve))
      await clock.advance(500)
    }
    expect(text).toBe('abcd')
    expect(clock.pending).toBe(0)
  })
})

describe('fetchFailure', () => {
  const failureOf = async (url: string, init?: RequestInit) =>
    fetchFailure(await fetch(url, init).catch((error: unknown) => error))

  it('knows a refused connection', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await failureOf(`http://127.0.0.1:${port}/`)).toBe('refused')
    expect(await failureOf(`http://localhost:${port}/`)).toBe('refused')
  })

  it('knows a connection that broke after the request went out', async () => {
    expect(await failureOf(await serve((request) => request.socket.destroy()))).toBe('network')
  })

  it('takes nothing else for the network', async () => {
    expect(await failureOf('not a url')).toBe('other')
    expect(await failureOf('http://127.0.0.1/', { headers: { 'a b': 'c' } })).toBe('other')
    const controller = new AbortController()
    controller.abort()
    expect(await failureOf('http://127.0.0.1/', { signal: controller.signal })).toBe('other')
    expect(fetchFailure('text')).toBe('other')
    expect(fetchFailure(new TypeError('NetworkError when attempting to fetch resource.'))).toBe('network')
  })
})
