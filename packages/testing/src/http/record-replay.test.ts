import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cassette } from './cassette'
import { recordFetch } from './record-fetch'
import { replayFetch } from './replay-fetch'

let server: Server
let url: string
/** Told when a piece was read: the next comes only then, so that no two come together. */
let onPiece: () => void

/** A server of its own kind for every path. */
beforeEach(async () => {
  onPiece = () => {}
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x')
    if (pathname === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'set-cookie': 'session=1234567890' })
      const pieces = ['data: {"a"', ':"Grüße 😀"}\n\n', 'data: [DONE]\n\n']
      onPiece = (): void => {
        const piece = pieces.shift()
        if (piece === undefined) response.end()
        else response.write(piece)
      }
      onPiece()
    } else if (pathname === '/binary') response.end(Buffer.from([0xff, 0xfe, 0, 1]))
    else if (pathname === '/gzip') {
      response.writeHead(400, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync('{"error":"no"}'))
    } else if (pathname === '/cut') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => setTimeout(() => response.destroy(), 15))
    } else if (pathname === '/empty') response.writeHead(204).end()
    else if (pathname === '/leak') {
      // Says the key back, in two writes.
      const key = String(request.headers['x-api-key'])
      response.write(`your key is ${key.slice(0, 5)}`, () => setTimeout(() => response.end(`${key.slice(5)}.`), 15))
    } else request.pipe(response)
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

/** The pieces of a body, and how it ended. */
async function read(response: Response): Promise<{ status: number; pieces: string[]; error: boolean }> {
  const pieces: string[] = []
  const reader = response.body?.getReader()
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return { status: response.status, pieces, error: false }
      pieces.push(Buffer.from(value as Uint8Array).toString('latin1'))
      onPiece()
    }
  } catch {
    return { status: response.status, pieces, error: true }
  }
}

/** Records a request, and plays it from the JSON of the cassette. */
async function both(path: string, init?: RequestInit) {
  const recorder = recordFetch()
  const real = await read(await recorder.fetch(url + path, init))
  const text = JSON.stringify(await recorder.cassette())
  const replay = replayFetch(JSON.parse(text) as Cassette)
  const played = await read(await replay.fetch(url + path, init))
  replay.assertOver()
  return { real, played, text }
}

describe('what is recorded is played the same', () => {
  it.each(['/stream', '/binary', '/cut', '/empty', '/gzip'])('%s', async (path) => {
    const { real, played } = await both(path)
    expect(played).toEqual(real)
    if (path === '/stream') expect(real.pieces).toHaveLength(3)
    if (path === '/cut') expect(real).toEqual({ status: 200, pieces: ['half'], error: true })
    if (path === '/gzip') expect(real).toEqual({ status: 400, pieces: ['{"error":"no"}'], error: false })
  })

  it('a body that is sent', async () => {
    const { played } = await both('/echo', { method: 'POST', body: '{"b":1,"a":[2]}' })
    expect(played.pieces).toEqual(['{"b":1,"a":[2]}'])
  })

  it('a connection that fails', async () => {
    const recorder = recordFetch({ fetch: async () => Promise.reject(new TypeError('fetch failed')) })
    await expect(recorder.fetch(url)).rejects.toThrow('fetch failed')
    const replay = replayFetch(await recorder.cassette())
    await expect(replay.fetch(url)).rejects.toThrow(new TypeError('fetch failed'))
  })

  it('a body that was left, but not beyond', async () => {
    const recorder = recordFetch()
    const reader = (await recorder.fetch(`${url}/stream`)).body?.getReader()
    const first = await reader?.read()
    await reader?.cancel()
    const cassette = await recorder.cassette()
    expect(cassette.exchanges[0]?.response).toMatchObject({ ended: 'left' })
    const again = (await replayFetch(cassette).fetch(`${url}/stream`)).body?.getReader()
    expect(await again?.read()).toMatchObject({ value: new Uint8Array(first?.value as Uint8Array) })
    await expect(again?.read()).rejects.toMatchObject({ code: 'PF_CONFIG_INVALID' })
  })

  it('a body that nobody reads holds nothing up for long', async () => {
    const recorder = recordFetch()
    const response = await recorder.fetch(`${url}/stream`)
    expect((await recorder.cassette()).exchanges).toMatchObject([{ response: { ended: 'left' } }])
    await response.body?.cancel()
  })
})

describe('secrets are not kept', () => {
  it('of headers, cookies, addresses; nor where their values come up elsewhere', async () => {
    const { text, real, played } = await both('/leak?key=query-secret-1&q=1', {
      method: 'POST',
      headers: { authorization: 'Bearer bearer-secret', 'x-api-key': 'header-"secret"', cookie: 'a=cookie-secret' },
      body: JSON.stringify({ say: 'bearer-secret and header-"secret" and query-secret-1', other: 'kept' }),
    })
    expect(text).not.toMatch(/secret-1|bearer-secret|header-\\*"secret|cookie-secret/)
    expect(text).toContain('Bearer [redacted]')
    expect(text).toContain('kept')
    expect(real.pieces.join('')).toBe('your key is header-"secret".')
    expect(played.pieces.join('')).toBe('your key is [redacted].')
  })

  it('of what is named', async () => {
    const recorder = recordFetch({ secrets: ['hunter2'], headers: ['X-Mine'] })
    await read(
      await recorder.fetch(`${url}/echo`, { method: 'POST', headers: { 'x-mine': 'abc' }, body: 'pw hunter2' }),
    )
    const text = JSON.stringify(await recorder.cassette())
    expect(text).not.toMatch(/hunter2|abc/)
    expect(text).toContain('pw [redacted]')
  })

  const key = 'sk-AbCd+ef/12"34\\n=='
  const jsonOf = (text: string): string => JSON.stringify(text).slice(1, -1)
  it.each<[string, string]>([
    ['as it is', key],
    ['in JSON', jsonOf(key)],
    ['in JSON in JSON', jsonOf(jsonOf(key))],
    ['with escaped slashes', jsonOf(key).replaceAll('/', '\\/')],
    [
      'in escapes',
      key.replace(/[^]/g, (one, at) => (at % 2 ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)),
    ],
    ['in percents', encodeURIComponent(key)],
    ['in capitals', key.toUpperCase()],
  ])('a key that is said back %s', async (_name, spelled) => {
    const recorder = recordFetch({
      fetch: async () => new Response(`key ${spelled}.`, { statusText: `no ${spelled}` }),
    })
    await read(await recorder.fetch(url, { headers: { 'x-api-key': key } }))
    expect((await recorder.cassette()).exchanges[0]?.response).toMatchObject({
      statusText: 'no [redacted]',
      chunks: [{ text: 'key [redacted].' }],
    })
  })

  it('of bytes that are no text, wherever chunks end', async () => {
    const bytes = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0))
    const fetch = async () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const piece of ['\xff bearer-', 'secret', ' \xfe']) controller.enqueue(bytes(piece))
            controller.close()
          },
        }),
      )
    const recorder = recordFetch({ fetch })
    const body = bytes('\xff bearer-secret')
    await read(await recorder.fetch(url, { method: 'POST', headers: { authorization: 'Bearer bearer-secret' }, body }))
    const [exchange] = (await recorder.cassette()).exchanges
    expect(exchange?.request.body).toEqual({ base64: btoa('\xff [redacted]') })
    expect(exchange?.response).toMatchObject({ chunks: [{ base64: btoa('\xff [redacted] \xfe') }] })
  })

  it.each([
    'ocp-apim-subscription-key',
    'x-functions-key',
    'cf-aig-authorization',
    'x-auth',
    'proxy-authorization',
    'x-goog-api-key',
  ])('of the header %s', async (name) => {
    const { text } = await both('/echo', {
      method: 'POST',
      headers: { [name]: 'a-secret-value' },
      body: 'a-secret-value',
    })
    expect(text).toContain(`"${name}":"[redacted]"`)
    expect(text).not.toContain('a-secret-value')
  })

  it('of basic credentials, of fragments, of a secret with the end of its line', async () => {
    const recorder = recordFetch({ secrets: ['out-of-a-file\n'] })
    const init = {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('me:pass:word-1')}` },
      body: 'pass:word-1, out-of-a-file',
    }
    await read(await recorder.fetch(`${url}/echo?auth=query-secret#access_token=x-fragment`, init))
    expect(JSON.stringify(await recorder.cassette())).not.toMatch(/word-1|out-of-a-file|query-secret|x-fragment/)
  })

  it('in a time that grows with the body alone', async () => {
    const body = '\\'.repeat(200_000) + 'u0073'.repeat(40_000)
    const recorder = recordFetch({ fetch: async () => new Response(body) })
    const began = performance.now()
    await read(await recorder.fetch(url, { headers: { 'x-api-key': `\\\\\\s${'\\"'.repeat(20)}secret` } }))
    const { exchanges } = await recorder.cassette()
    expect(exchanges[0]?.response).toMatchObject({ chunks: [{ text: body }] })
    // Milliseconds; with a square it would be hours.
    expect(performance.now() - began).toBeLessThan(30_000)
  })

  it('of the response’s cookies', async () => {
    const { text } = await both('/stream')
    expect(text).toContain('set-cookie')
    expect(text).not.toContain('1234567890')
  })
})

describe('a request that was not recorded is refused, and why', () => {
  const recorded = async () => {
    const recorder = recordFetch()
    for (const text of ['one', 'two'])
      await read(
        await recorder.fetch(`${url}/echo`, {
          method: 'POST',
          headers: { accept: 'x' },
          body: JSON.stringify({ text }),
        }),
      )
    return recorder.cassette()
  }
  const post = (body: unknown, headers = {}): RequestInit => ({ method: 'POST', headers, body: JSON.stringify(body) })

  it('in another order all is well; the same twice is once too often', async () => {
    const replay = replayFetch(await recorded())
    await replay.fetch(`${url}/echo`, post({ text: 'two' }))
    expect(replay.remaining).toBe(1)
    expect(() => replay.assertOver()).toThrow(/nobody asked for: POST .*\/echo/)
    await expect(replay.fetch(`${url}/echo`, post({ text: 'two' }))).rejects.toThrow(
      /nearest of the 1 that are left differs in body.text: recorded "one", asked "two"/,
    )
    await replay.fetch(`${url}/echo`, post({ text: 'one' }))
    await expect(replay.fetch(`${url}/echo`, post({ text: 'one' }))).rejects.toThrow(
      'all 2 exchanges were played already',
    )
  })

  it.each<[string, string, RequestInit, RegExp]>([
    ['method', '/echo', { method: 'PUT', body: '{"text":"one"}' }, /method: recorded POST, asked PUT/],
    ['address', '/other', post({ text: 'one' }), /url: recorded .*\/echo, asked .*\/other/],
    ['field more', '/echo', post({ text: 'one', n: 1 }), /body\.n: recorded nothing, asked 1/],
    ['field less', '/echo', post({}), /body\.text: recorded "one", asked nothing/],
    ['no body', '/echo', { method: 'POST' }, /body: recorded \{.*, asked null/],
    ['header', '/echo', post({ text: 'one' }, { accept: 'y' }), /header accept: recorded "x", asked "y"/],
  ])('%s', async (_name, path, init, message) => {
    const replay = replayFetch(await recorded(), { matchHeaders: ['Accept'] })
    const headers = { accept: 'x', ...(init.headers as Record<string, string>) }
    const error = await replay.fetch(url + path, { ...init, headers }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'PF_CONFIG_INVALID', message: expect.stringMatching(message) })
  })

  it('the order of fields is nothing', async () => {
    const recorder = recordFetch()
    await read(await recorder.fetch(`${url}/echo`, post({ a: 1, b: { c: 1, d: 2 } })))
    const replay = replayFetch(await recorder.cassette())
    expect((await replay.fetch(`${url}/echo`, post({ b: { d: 2, c: 1 }, a: 1 }))).status).toBe(200)
  })

  it('a cassette of another version', () => {
    expect(() => replayFetch({ version: 2, exchanges: [] } as unknown as Cassette)).toThrow('version 2')
  })
})
