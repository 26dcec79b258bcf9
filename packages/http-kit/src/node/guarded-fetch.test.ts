import { getEventListeners } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { fetchFailure } from '../fetch/fetch-failure'
import { readSse } from '../sse/read-sse'
import { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch'
import { testCertificate } from '../../test/test-certificate'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(listener: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const server = createServer((request, response) => void listener(request, response))
  const seen = { requests: 0, connections: 0, sockets: [] as Socket[] }
  server.on('request', () => seen.requests++)
  server.on('connection', (socket) => {
    seen.connections++
    seen.sockets.push(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, seen, url: `http://127.0.0.1:${port}` }
}

function guarded(options: GuardedFetchOptions = {}) {
  const fetch = createGuardedFetch(options)
  closers.push(() => fetch.close())
  return fetch
}

interface Echo {
  method: string
  url: string
  headers: Record<string, string | undefined>
  body: string
}

const json = async (response: Response | Promise<Response>) => (await (await response).json()) as Echo

const local = () => guarded({ allow: ['http://127.0.0.1:*'] })

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const echo = async (request: IncomingMessage, response: ServerResponse) => {
  const { method, url, headers } = request
  response
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify({ method, url, headers, body: await bodyOf(request) }))
}

describe('what may be called', () => {
  it('refuses a local server unless it is allowed', async () => {
    const { url, seen } = await serve(echo)
    await expect(guarded({ allowHttp: true, ports: 'any' })(url)).rejects.toMatchObject({
      code: 'PF_OUTBOUND_DENIED',
      details: { reason: 'address' },
    })
    await expect(guarded()(url)).rejects.toMatchObject({ details: { reason: 'scheme' } })
    await expect(guarded()('nonsense')).rejects.toMatchObject({ details: { reason: 'url' } })
    expect(seen.connections).toBe(0)
    expect((await local()(url)).status).toBe(200)
  })

  it('refuses a name that stands for a local address', async () => {
    const { port, seen } = await serve(echo)
    const options = { allowHttp: true, ports: 'any' as const }
    for (const answers of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
      const fetch = guarded({
        ...options,
        resolve: async () => answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      })
      await expect(fetch(`http://rebind.test:${port}/`)).rejects.toMatchObject({ code: 'PF_OUTBOUND_DENIED' })
    }
    await expect(guarded(options)(`http://localhost:${port}/`)).rejects.toMatchObject({ code: 'PF_OUTBOUND_DENIED' })
    expect(seen.connections).toBe(0)
  })

  it('connects to the address that was checked, asked for once: a name that changes its answer gets nowhere', async () => {
    const { port, seen } = await serve(echo)
    let asked = 0
    // 127.0.0.1 as the second answer is what a rebinding name gives, once it has been checked.
    const resolve = async () => [{ address: asked++ === 0 ? '240.0.0.1' : '127.0.0.1', family: 4 }]
    const fetch = guarded({ allow: [`http://rebind.test:${port}`], resolve })
    // 240.0.0.1 goes nowhere: refused by the network, or silent until the abort.
    const error = await fetch(`http://rebind.test:${port}/`, { signal: AbortSignal.timeout(300) }).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(Error)
    expect(asked).toBe(1)
    expect(seen.connections).toBe(0)
  })

  it('sends the name it was given to the address that was found', async () => {
    const { port } = await serve(echo)
    const fetch = guarded({
      allow: ['http://agent.test:*'],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    const answer = await json(fetch(`http://agent.test:${port}/x`))
    expect(answer.headers.host).toBe(`agent.test:${port}`)
    const spoofed = await json(fetch(`http://agent.test:${port}/x`, { headers: { host: 'other.test' } }))
    expect(spoofed.headers.host).toBe(`agent.test:${port}`)
  })

  it('tries the next address where the first does not answer', async () => {
    const { port } = await serve(echo)
    const resolve = async () => ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }))
    const fetch = guarded({ allow: ['http://agent.test:*'], resolve })
    expect((await fetch(`http://agent.test:${port}/`)).status).toBe(200)
  })
})

describe('TLS', () => {
  it('is checked against the name, though the connection goes to the pinned address', async () => {
    const { key, cert } = testCertificate
    const server = createTlsServer({ key, cert }, (_request, response) => response.end('secret'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const allow = ['https://*:*']
    const fetch = guarded({ allow, resolve, ca: cert })
    expect(await (await fetch(`https://agent.test:${port}/`)).text()).toBe('secret')
    await expect(fetch(`https://other.test:${port}/`)).rejects.toMatchObject({
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
    await expect(guarded({ allow, resolve })(`https://agent.test:${port}/`)).rejects.toMatchObject({
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    })
  })
})

describe('redirects', () => {
  const redirecting = async (status: number, location: string) =>
    serve((_request, response) => response.writeHead(status, { location }).end())

  it('are handed back unless they are asked for', async () => {
    const target = await serve(echo)
    const { url } = await redirecting(302, target.url)
    const response = await local()(url)
    expect([response.status, response.headers.get('location')]).toEqual([302, target.url])
    await expect(local()(url, { redirect: 'error' })).rejects.toThrow(TypeError)
    expect(target.seen.requests).toBe(0)
  })

  it('are checked at every hop', async () => {
    const target = await serve(echo)
    const { port } = await redirecting(302, `http://127.0.0.1:${target.port}/`)
    const fetch = guarded({
      allow: ['http://first.test:*'],
      allowHttp: true,
      ports: 'any',
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    await expect(fetch(`http://first.test:${port}/`, { redirect: 'follow' })).rejects.toMatchObject({
      code: 'PF_OUTBOUND_DENIED',
    })
    expect(target.seen.connections).toBe(0)
  })

  it('keep method and body where they must, and lose them where they must', async () => {
    const target = await serve(echo)
    const post = { method: 'POST', body: 'hi', headers: { 'content-type': 'text/plain' }, redirect: 'follow' as const }
    for (const [status, method, body] of [
      [301, 'GET', ''],
      [302, 'GET', ''],
      [303, 'GET', ''],
      [307, 'POST', 'hi'],
      [308, 'POST', 'hi'],
    ] as const) {
      const { url } = await redirecting(status, `${target.url}/there`)
      const answer = await json(local()(url, post))
      expect(answer).toMatchObject({ method, body, url: '/there' })
      expect(answer.headers['content-type']).toBe(body ? 'text/plain' : undefined)
    }
  })

  it('take no credentials to another origin, and keep them at the same', async () => {
    const target = await serve(echo)
    const { url } = await redirecting(307, `${target.url}/`)
    const headers = { authorization: 'Bearer x', 'x-api-key': 'k', cookie: 'a=1', accept: 'text/plain' }
    const { headers: elsewhere } = await json(local()(url, { headers, redirect: 'follow' }))
    expect(elsewhere).toMatchObject({ accept: 'text/plain' })
    expect([elsewhere.authorization, elsewhere['x-api-key'], elsewhere.cookie]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    const same = await serve((request, response) =>
      request.url === '/' ? response.writeHead(307, { location: '/there' }).end() : void echo(request, response),
    )
    expect((await json(local()(same.url, { headers, redirect: 'follow' }))).headers).toMatchObject({
      authorization: 'Bearer x',
      'x-api-key': 'k',
    })
  })

  it('end somewhere', async () => {
    const loop = await redirecting(302, '/')
    await expect(local()(loop.url, { redirect: 'follow' })).rejects.toMatchObject({
      cause: { message: 'redirect count exceeded' },
    })
    expect(loop.seen.requests).toBe(6)
    const { url } = await redirecting(307, '/')
    const body = new Blob(['x']).stream()
    await expect(
      local()(url, { method: 'POST', body, redirect: 'follow', duplex: 'half' } as RequestInit),
    ).rejects.toMatchObject({ cause: { message: /streamed body/ } })
  })
})

describe('it is a fetch', () => {
  it('that gives what the one of Node gives', async () => {
    const { url } = await serve((request, response) => {
      const path = request.url ?? ''
      if (path === '/gzip') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('zipped'))
      if (path === '/chunked') {
        response.writeHead(201, 'Made', { 'x-a': ['1', '2'], 'set-cookie': ['a=1', 'b=2'] }).write('one ')
        return setTimeout(() => response.end('two'), 5)
      }
      if (path === '/long') return response.end('é'.repeat(300_000))
      if (path.startsWith('/status/')) return response.writeHead(Number(path.slice(8)), { location: '/x' }).end()
      return void echo(request, response)
    })
    const fetches = [local(), (input: string, init?: RequestInit) => fetch(input, init)]
    const paths = [
      '/gzip',
      '/chunked',
      '/long',
      '/echo?a=b%20c',
      ...[200, 204, 205, 301, 304, 404, 503].map((code) => `/status/${code}`),
    ]
    for (const [path, init] of paths.flatMap((each) => [
      [each, {}] as const,
      [each, { method: 'POST', body: 'x' }] as const,
    ])) {
      const [ours, theirs] = await Promise.all(
        fetches.map(async (each) => {
          const response = await each(url + path, { ...init, redirect: 'manual' })
          const { status, statusText, ok, headers } = response
          const named = ['x-a', 'location', 'content-type', 'transfer-encoding'].map((name) => headers.get(name))
          const text = (await response.text()).replace(/"headers":\{.*?\},/, '')
          return { status, statusText, ok, url: response.url, named, cookies: headers.getSetCookie(), text }
        }),
      )
      expect(ours).toEqual(theirs)
    }
  })

  it('sends every kind of body', async () => {
    const { url } = await serve(echo)
    const form = new FormData()
    form.set('a', '1')
    const bodies: [RequestInit['body'], string | RegExp, string | RegExp][] = [
      ['héllo', 'héllo', 'text/plain;charset=UTF-8'],
      [new TextEncoder().encode('bytes'), 'bytes', 'none'],
      [new TextEncoder().encode('buffer').buffer as ArrayBuffer, 'buffer', 'none'],
      [new URLSearchParams({ a: '1 2' }), 'a=1+2', 'application/x-www-form-urlencoded;charset=UTF-8'],
      [new Blob(['blob'], { type: 'text/css' }), 'blob', 'text/css'],
      [form, /name="a"/, /^multipart\/form-data; boundary=/],
      [new Blob(['stream']).stream(), 'stream', 'none'],
      [undefined, '', 'none'],
    ]
    const fetch = local()
    for (const [body, text, type] of bodies) {
      const answer = await json(fetch(url, { method: 'post', body: body ?? null }))
      expect(answer.method).toBe('POST')
      expect(answer.body).toMatch(text)
      expect(answer.headers['content-type'] ?? 'none').toMatch(type)
    }
  })

  it('takes a Request', async () => {
    const { url } = await serve(echo)
    const request = new Request(`${url}/r`, { method: 'PUT', body: 'hi', headers: { 'x-a': '1' } })
    expect(await json(local()(request))).toMatchObject({
      method: 'PUT',
      url: '/r',
      body: 'hi',
      headers: { 'x-a': '1' },
    })
    expect(await json(local()(new URL(url), { method: 'DELETE' }))).toMatchObject({ method: 'DELETE' })
  })

  it('gives status, headers, cookies, address and the empty bodies', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/empty') return response.writeHead(204).end()
      response.writeHead(418, 'Teapot', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-a', 'é'],
      ] as never)
      response.end(request.method === 'HEAD' ? undefined : 'tea')
    })
    const fetch = local()
    const response = await fetch(`${url}/x?y=1#z`)
    expect(response).toBeInstanceOf(Response)
    expect([response.status, response.statusText, response.ok, response.url]).toEqual([
      418,
      'Teapot',
      false,
      `${url}/x?y=1`,
    ])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe('tea')
    expect((await fetch(`${url}/empty`)).body).toBeNull()
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([418, null])
  })

  it('asks for no compression and decodes it all the same', async () => {
    const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }
    const { url } = await serve((request, response) => {
      const name = request.url?.slice(1) as keyof typeof encoders
      response
        .writeHead(200, { 'content-encoding': name, 'x-asked': request.headers['accept-encoding'] })
        .end(encoders[name]('x'.repeat(1000)))
    })
    const fetch = local()
    for (const name of Object.keys(encoders)) {
      const response = await fetch(`${url}/${name}`)
      expect(response.headers.get('x-asked')).toBe('identity')
      expect(response.headers.has('content-encoding')).toBe(false)
      expect(await response.text()).toBe('x'.repeat(1000))
    }
  })

  it('streams, with back-pressure, and hangs up where the body is canceled', async () => {
    const closed = Promise.withResolvers<void>()
    let sent = 0
    const { url } = await serve((_request, response) => {
      const push = () => {
        while (!response.destroyed && response.write(`data: ${'x'.repeat(10_000)}\n\n`)) sent += 10_000
      }
      response.on('drain', push)
      response.on('close', () => closed.resolve())
      push()
    })
    const response = await local()(url)
    // What nobody reads fills the buffers of the two sockets, and then nothing moves.
    let before = -1
    for (let round = 0; round < 100 && before !== sent; round++) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(sent).toBe(before)
    expect(sent).toBeLessThan(50_000_000)
    let events = 0
    for await (const event of readSse(response.body as ReadableStream<Uint8Array>)) {
      expect(event.data).toHaveLength(10_000)
      if (++events === 50) break
    }
    await closed.promise
  })

  it('keeps connections for the next call, and closes them when told', async () => {
    const { url, seen } = await serve(echo)
    const fetch = local()
    for (let call = 0; call < 5; call++) await (await fetch(url)).text()
    expect(seen.connections).toBe(1)
    const closed = new Promise((resolve) => seen.sockets[0]?.on('close', resolve))
    fetch.close()
    await closed
  })

  it('ends with the signal at any time, with its reason, and leaves it', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/body') response.write('a')
    })
    const fetch = local()
    for (const path of ['/never', '/body']) {
      const controller = new AbortController()
      const call = fetch(url + path, { signal: controller.signal }).then((response) => response.text())
      setTimeout(() => controller.abort('enough'), 30)
      await expect(call).rejects.toBe('enough')
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
      await expect(fetch(url, { signal: controller.signal })).rejects.toBe('enough')
    }
    const resolving = guarded({ resolve: () => new Promise(() => {}) })
    await expect(resolving('https://slow.test/', { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
  })

  it('leaves the signal once the response is read', async () => {
    const { url } = await serve(echo)
    const { signal } = new AbortController()
    const fetch = local()
    await Promise.all(Array.from({ length: 20 }, async () => (await fetch(url, { signal })).text()))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('fails as fetch fails', async () => {
    const broken = await serve((request, response) => {
      if (request.url === '/half') {
        response.writeHead(200, { 'content-length': '100' }).write('half')
        setTimeout(() => request.socket.destroy(), 20)
      } else request.socket.destroy()
    })
    const fetch = local()
    const error = await fetch(broken.url).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(TypeError)
    expect(fetchFailure(error)).toBe('network')
    const half = await (await fetch(`${broken.url}/half`)).text().catch((error: unknown) => error)
    expect(half).toBeInstanceOf(TypeError)
    expect(fetchFailure(half)).toBe('network')
    const { port } = await serve(echo)
    closers.pop()?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(fetchFailure(await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error))).toBe('refused')
  })

  it('does not let a header smuggle another', async () => {
    const { url, seen } = await serve(echo)
    await expect(local()(url, { headers: { 'x-a': 'a\r\nx-b: c' } })).rejects.toThrow(TypeError)
    expect(seen.requests).toBe(0)
  })
})
