// @node24-only: it counts guests that wait on one thread, which needs JSPI
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareTestGuest, startTestHost, type TestHost } from '../../test/test-host'
import { hasSuspension } from '../wasm-engine'

beforeAll(prepareTestGuest, 120_000)

let host: TestHost
beforeAll(async () => {
  host = await startTestHost()
})
const idle = () => expect.poll(() => host.stats().live, { timeout: 5000 }).toBe(0)
afterAll(() => host.close())

describe('requests', () => {
  test('method, URL, headers and body reach the guest and its answer comes back', async () => {
    const response = await fetch(`${host.url}/echo?x=1`, {
      method: 'POST',
      body: 'the body',
      headers: { 'x-header': 'value' },
    })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('the body')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-method': 'POST',
      'x-url': `${host.url}/echo?x=1`,
      'x-header': 'value',
    })
  })

  test('one that comes while the host still starts is answered once it has', async () => {
    const probe = net.createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as net.AddressInfo
    await new Promise((closed) => probe.close(closed))

    let started = false
    const starting = startTestHost({ port }).finally(() => (started = true))
    try {
      let socket: net.Socket | undefined
      while (socket === undefined) {
        const attempt = net.connect(port, '127.0.0.1')
        socket = await once(attempt, 'connect').then(
          () => attempt,
          () => undefined,
        )
      }
      expect(started).toBe(false)
      socket.write('GET /hello HTTP/1.1\r\nhost: early\r\nconnection: close\r\n\r\n')
      let answer = ''
      for await (const chunk of socket.setEncoding('utf8')) answer += chunk
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*hello/)
    } finally {
      await (await starting).close()
    }
  })

  test('each request has an instance of its own', async () => {
    for (let index = 0; index < 4; index++) expect(await host.text('/instance')).toBe('1')
  })

  test('randomness differs between instances and the clock runs', async () => {
    const before = Date.now()
    const [one, two] = (await Promise.all([host.json('/random'), host.json('/random')])) as {
      uuid: string
      now: number
    }[]
    expect(one?.uuid).not.toBe(two?.uuid)
    expect(one?.now).toBeGreaterThanOrEqual(before)
    expect(one?.now).toBeLessThanOrEqual(Date.now())
  })

  test('a large body arrives whole in both directions', async () => {
    const body = new Uint8Array(3_000_000).fill(7)
    expect(await (await fetch(`${host.url}/count`, { method: 'POST', body })).text()).toBe('3000000')
    const large = await (await fetch(`${host.url}/large?chunks=200`)).arrayBuffer()
    expect(large.byteLength).toBe(200 * 32768)
  })

  test('an answer to a body that nobody wanted arrives, and the connection is good for the next request', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const post = (bytes: number) =>
      new Promise<{ text: string; reused: boolean }>((resolve, reject) => {
        const request = http.request(`${host.url}/hello`, { method: 'POST', agent }, (incoming) => {
          let text = ''
          incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          incoming.on('end', () => resolve({ text, reused: request.reusedSocket }))
        })
        request.on('error', reject)
        request.end(Buffer.alloc(bytes))
      })
    const started = performance.now()
    expect(await post(2_000_000)).toEqual({ text: 'hello', reused: false })
    expect(await post(2_000_000)).toEqual({ text: 'hello', reused: true })
    expect(await post(0)).toEqual({ text: 'hello', reused: true })
    // Less than it takes until an idle connection is given up.
    expect(performance.now() - started).toBeLessThan(4500)
    agent.destroy()
  })

  test('a body without end that nobody wants is cut off behind its answer', async () => {
    const request = http.request(`${host.url}/hello`, { method: 'POST' })
    const cut = once(request, 'close')
    request.on('error', () => {})
    const response = once(request, 'response') as Promise<[http.IncomingMessage]>
    let sent = 0
    const more = () => {
      while (!request.destroyed && sent < 1 << 30) {
        sent += 1 << 20
        if (!request.write(Buffer.alloc(1 << 20))) return void request.once('drain', more)
      }
    }
    more()
    const [incoming] = await response
    expect(incoming.statusCode).toBe(200)
    incoming.resume()
    await cut
    expect(sent).toBeLessThan(256 << 20)
  })

  test('HEAD has no body and keeps the connection usable', async () => {
    const response = await fetch(`${host.url}/hello`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(await host.text('/hello')).toBe('hello')
  })

  test('fetch on the host serves without a socket', async () => {
    const response = await host.fetch(new Request('http://agent.test/echo', { method: 'POST', body: 'direct' }))
    expect(await response.text()).toBe('direct')
    expect(response.headers.get('x-url')).toBe('http://agent.test/echo')
  })

  test('fetch on the host ends with its signal', async () => {
    const controller = new AbortController()
    const pending = host.fetch(new Request('http://agent.test/wait?ms=200', { signal: controller.signal }))
    controller.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
  })
})

describe('streams', () => {
  test('chunks go through one by one, in both directions at once', async () => {
    const request = http.request(`${host.url}/upper`, { method: 'POST' })
    const response = new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve))
    request.write('one ')
    const incoming = await response
    const next = () =>
      new Promise<string>((resolve) => incoming.once('data', (chunk: Buffer) => resolve(chunk.toString())))
    // The second chunk is sent only after the first came back: nothing on the way waits for more.
    expect(await next()).toBe('ONE ')
    const second = next()
    request.write('two ')
    expect(await second).toBe('TWO ')
    const ended = new Promise((resolve) => incoming.once('end', resolve))
    request.end()
    incoming.resume()
    await ended
  })

  test('the head arrives before the first chunk', async () => {
    await idle()
    const response = await fetch(`${host.url}/ticks?count=1&pause=400`)
    expect(response.status).toBe(200)
    expect(host.stats().live).toBe(1)
    expect(await response.text()).toBe('tick 0\n')
  })

  test('a reader that stops holds the guest back', async () => {
    await idle()
    // 40 MB, far more than socket buffers and windows: a guest that is not held back would have it all in flight.
    const incoming = await new Promise<http.IncomingMessage>((resolve) =>
      http.get(`${host.url}/large?chunks=1280`, resolve),
    )
    incoming.pause()
    await expect.poll(() => host.stats().live).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(host.stats().live).toBe(1)
    let bytes = 0
    for await (const chunk of incoming) bytes += (chunk as Buffer).byteLength
    expect(bytes).toBe(1280 * 32768)
    await idle()
  })

  test('a client that leaves closes the guest’s response and frees the instance', async () => {
    await idle()
    const incoming = await new Promise<http.IncomingMessage>((resolve) =>
      http.get(`${host.url}/ticks?count=100000&pause=5`, resolve),
    )
    await new Promise((resolve) => incoming.once('data', resolve))
    expect(host.stats().live).toBe(1)
    incoming.destroy()
    await idle()
  })
})

describe('waiting', () => {
  test.runIf(hasSuspension())('one worker serves many guests that wait', async () => {
    await idle()
    const answers = Array.from({ length: 40 }, () => host.text('/wait?ms=3000'))
    // All are inside their instances at the same moment, on one thread.
    await expect.poll(() => host.stats().live, { interval: 5, timeout: 2500 }).toBe(40)
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['waited']))
  })

  test('work given to waitUntil goes on after the response', async () => {
    expect(await host.text('/wait-until?ms=150')).toBe('first')
    // Where each request has a thread of its own, the next one has to wait for this one's.
    if (hasSuspension()) expect(await host.json('/get?key=after')).toEqual({ value: null })
    await expect.poll(() => host.json('/get?key=after')).toEqual({ value: 'done' })
  })
})

test('variables reach the guest and lines it prints reach the log', async () => {
  const other = await startTestHost({ variables: { plain: 'one' }, secrets: { hidden: 'two' } })
  try {
    expect(await other.json('/config?key=hidden')).toEqual({
      value: 'two',
      all: [
        ['plain', 'one'],
        ['hidden', 'two'],
      ],
    })
    expect(await other.json('/config?key=missing')).toMatchObject({ value: null })
    await other.text('/log')
    expect(other.logs).toContainEqual({ app: 'guest', stream: 'stdout', line: 'to stdout' })
    expect(other.logs).toContainEqual({ app: 'guest', stream: 'stderr', line: 'to stderr' })
  } finally {
    await other.close()
  }
})
