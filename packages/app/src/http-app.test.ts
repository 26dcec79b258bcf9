import {
  type AnyFeature,
  defineAgent,
  defineFeature,
  type FeatureMiddleware,
  type FeatureRoute,
  type FeatureSetup,
  type Logger,
  PfError,
  reply,
  type RequestInfo,
} from '@pf-agents/agent-core'
import { type AuthContext, type AuthScheme, bearer } from '@pf-agents/auth'
import { cors } from 'hono/cors'
import { describe, expect, it, vi } from 'vitest'
import { createApp } from './create-app'
import type { AppOptions } from './options'

const agent = defineAgent({
  name: 'a',
  description: 'd',
  version: '1',
  onMessage: (message) => reply.text(message.text),
})

function appOf(setup: FeatureSetup, options: AppOptions = {}) {
  const feature: AnyFeature = defineFeature({ name: 'test', targets: ['node', 'wasm'], setup: () => setup })
  return createApp(agent, [feature], { logger: { log: () => {} }, ...options })
}

function route(path: string, handle: FeatureRoute['handle'], more: Partial<FeatureRoute> = {}): FeatureRoute {
  return { method: 'GET', path, handle, ...more }
}

const url = (path: string) => `http://host.example${path}`
const get = (path: string, headers: Record<string, string> = {}) => new Request(url(path), { headers })
const show = async (request: Request, info: RequestInfo) =>
  Response.json({
    path: info.path,
    base: info.basePath,
    tenant: info.tenant,
    params: info.params,
    principal: info.principal.id,
    url: request.url,
  })

async function tell(response: Response | Promise<Response>) {
  const { status, headers, ...rest } = await response
  void rest
  const text = await (await response).text()
  return { status, headers, json: text === '' ? undefined : JSON.parse(text) }
}

describe('routes', () => {
  it('are found by what is most exact, whatever order they came in', async () => {
    const app = appOf({
      routes: [
        route('/*', () => new Response('any')),
        route('/x/*', () => new Response('below x')),
        route('/x/:id', () => new Response('one of x')),
        route('/x/y', () => new Response('y')),
      ],
    })
    const body = async (path: string) => (await app.fetch(get(path))).text()
    expect(await Promise.all(['/x/y', '/x/z', '/x', '/x/z/w', '/other'].map(body))).toEqual([
      'y',
      'one of x',
      'below x',
      'below x',
      'any',
    ])
  })

  it('see decoded params, and the path as it came', async () => {
    const app = appOf({ routes: [route('/x/:id/:other', show)] })
    const { json } = await tell(app.fetch(get('/x/a%2Fb%20c/%C3%A4?q=/y#z')))
    expect(json).toMatchObject({
      path: '/x/a%2Fb%20c/%C3%A4',
      params: { id: 'a/b c', other: 'ä' },
      tenant: '',
      base: '',
    })
  })

  it('take the tenant off the path', async () => {
    const feature: AnyFeature = defineFeature({
      name: 'test',
      targets: ['node'],
      setup: () => ({ routes: [route('/x/*', show)] }),
    })
    const app = createApp({ tenants: { one: agent, two: agent } }, [feature])
    expect((await tell(app.fetch(get('/two/x/y')))).json).toMatchObject({ tenant: 'two', path: '/x/y' })
    expect((await tell(app.fetch(get('/x/y')))).json).toMatchObject({ tenant: '', path: '/x/y' })
    expect((await app.fetch(get('/three/x/y'))).status).toBe(404)
    expect((await app.fetch(get('/one'))).status).toBe(404)
  })

  it('see where the app is mounted', async () => {
    const app = appOf({ routes: [route('/x', show)] })
    const { json } = await tell(app.fetch(get('/agent/x'), { basePath: '/agent', path: '/x' }))
    expect(json).toMatchObject({ base: '/agent', path: '/x' })
  })

  it('answer HEAD, and nothing at other addresses', async () => {
    const app = appOf({ routes: [route('/x', () => new Response('x', { headers: { etag: '"1"' } }))] })
    const head = await app.fetch(new Request(url('/x'), { method: 'HEAD' }))
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(await tell(app.fetch(get('/y')))).toMatchObject({
      status: 404,
      json: { error: { code: 'PF_METHOD_UNKNOWN' } },
    })
    expect((await app.fetch(new Request(url('/x'), { method: 'DELETE' }))).status).toBe(404)
  })
})

describe('errors', () => {
  const broken = (error: unknown, more: Partial<FeatureRoute> = {}) =>
    appOf({
      routes: [
        route(
          '/x',
          () => {
            throw error
          },
          more,
        ),
      ],
    })

  it('of ours become JSON with their status and time to wait', async () => {
    const { status, headers, json } = await tell(
      broken(new PfError('PF_BUSY', 'Busy.', { retryAfterMs: 1500 })).fetch(get('/x')),
    )
    expect([status, headers.get('retry-after'), headers.get('content-type'), json]).toEqual([
      429,
      '2',
      'application/json',
      { error: { code: 'PF_BUSY', message: 'Busy.' } },
    ])
  })

  it.each([new Error('secret'), new PfError('PF_CONFIG_INVALID', 'secret'), 'secret', undefined])(
    'of other kinds are logged and told without detail',
    async (error) => {
      const log = vi.fn<Logger['log']>()
      const app = appOf(
        {
          routes: [
            route('/x', () => {
              throw error
            }),
          ],
        },
        { logger: { log } },
      )
      const { status, json } = await tell(app.fetch(get('/x')))
      expect(status).toBe(500)
      expect(JSON.stringify(json)).not.toContain('secret')
      expect(log).toHaveBeenCalledWith('error', 'A request failed.', {
        error: expect.stringMatching(/secret|undefined/),
      })
    },
  )

  it('are told in the words of their route', async () => {
    const app = broken(new PfError('PF_RATE_LIMITED', 'Slow down.', { retryAfterMs: 1 }), {
      fail: (error) => new Response(`my words: ${String(error)}`, { status: 429 }),
    })
    const response = await app.fetch(get('/x'))
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '1',
      'my words: PfError: Slow down.',
    ])
  })

  it('in telling an error are told as well', async () => {
    const app = broken(new Error('x'), {
      fail: () => {
        throw new Error('y')
      },
    })
    expect(await tell(app.fetch(get('/x')))).toMatchObject({ status: 500, json: { error: { code: 'PF_INTERNAL' } } })
  })
})

describe('limits', () => {
  const echo = route('/x', async (_request, info) => new Response(String((await info.readBody()).byteLength)), {
    method: 'POST',
  })
  const direct = route('/direct', async (request) => new Response(String((await request.text()).length)), {
    method: 'POST',
  })
  const post = (body: BodyInit | null, path = '/x', headers: Record<string, string> = {}) =>
    new Request(url(path), { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
  type BodyInit = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

  function chunks(size: number, count: number): { stream: ReadableStream<Uint8Array>; pulled: () => number } {
    let pulled = 0
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled++ >= count) controller.close()
        else controller.enqueue(new Uint8Array(size))
      },
    })
    return { stream, pulled: () => pulled }
  }

  it.each(['/x', '/direct'])('hold for bodies without a length, however %s reads them', async (path) => {
    const app = appOf({ routes: [echo, direct] }, { limits: { bodyBytes: 1000 } })
    expect(await (await app.fetch(post(chunks(100, 10).stream, path))).text()).toBe('1000')
    const { stream, pulled } = chunks(100, 1_000_000)
    expect(await tell(app.fetch(post(stream, path)))).toMatchObject({
      status: 413,
      json: {
        error: {
          code: 'PF_REQUEST_TOO_LARGE',
          message:
            'The request body is larger than 1000 bytes. Send less at once, or raise limits.bodyBytes of the app.',
        },
      },
    })
    expect(pulled()).toBeLessThan(20)
  })

  it('hold for what Content-Length says, before anything is read', async () => {
    const handle = vi.fn<FeatureRoute['handle']>(() => new Response())
    const app = appOf({ routes: [route('/x', handle, { method: 'POST' })] }, { limits: { bodyBytes: 10 } })
    expect((await app.fetch(post('x', '/x', { 'content-length': '11' }))).status).toBe(413)
    expect((await app.fetch(post('x', '/x'), { bodyLength: 11 })).status).toBe(413)
    expect(handle).not.toHaveBeenCalled()
  })

  it('leave no body, and JSON, as they are', async () => {
    const json = route(
      '/json',
      async (request) =>
        Response.json({ same: await request.clone().json(), used: request.bodyUsed, again: await request.json() }),
      { method: 'POST' },
    )
    const app = appOf({ routes: [echo, json] })
    expect(await (await app.fetch(post(null))).text()).toBe('0')
    expect((await tell(app.fetch(post('{"a":1}', '/json')))).json).toEqual({
      same: { a: 1 },
      used: false,
      again: { a: 1 },
    })
  })

  it('hold for URLs', async () => {
    const app = appOf({ routes: [echo] }, { limits: { urlLength: 100 } })
    expect(await tell(app.fetch(get(`/${'x'.repeat(100)}`)))).toMatchObject({
      status: 400,
      json: { error: { code: 'PF_REQUEST_INVALID' } },
    })
  })

  it('hold for requests at the same time; a place is free again whatever became of its request', async () => {
    const waiting: ((response: Response) => void)[] = []
    const slow = route('/slow', () => new Promise<Response>((resolve) => waiting.push(resolve)))
    const app = appOf(
      {
        routes: [
          slow,
          route('/throw', () => {
            throw new Error('x')
          }),
        ],
      },
      { limits: { concurrentRequests: 2, retryAfterMs: 3000 } },
    )
    const first = app.fetch(get('/slow'))
    expect((await app.fetch(get('/throw'))).status).toBe(500)
    const second = app.fetch(get('/slow'))
    await vi.waitFor(() => expect(waiting).toHaveLength(2))
    const { status, headers, json } = await tell(app.fetch(get('/slow')))
    expect([status, headers.get('retry-after'), json.error.code]).toEqual([503, '3', 'PF_OVERLOADED'])
    expect((await app.fetch(get('/health'))).status).toBe(200)
    for (const resolve of waiting) resolve(new Response('done'))
    await Promise.all([first, second])
    const third = app.fetch(get('/slow'))
    await vi.waitFor(() => expect(waiting).toHaveLength(3))
    waiting[2]?.(new Response('done'))
    expect(await (await third).text()).toBe('done')
  })
})

describe('middleware', () => {
  it('wraps the route in the order of the features, and may answer itself', async () => {
    const order: string[] = []
    const note =
      (name: string): FeatureMiddleware =>
      async (_request, _info, next) => {
        order.push(`${name} in`)
        const response = await next()
        order.push(`${name} out`)
        return response
      }
    const gate: FeatureMiddleware = (request, info, next) =>
      request.url.endsWith('closed') ? new Response('closed') : ((info.principal = { id: 'known' }), next())
    const app = appOf({ middleware: [note('one'), note('two'), gate], routes: [route('/*', show)] })
    expect((await tell(app.fetch(get('/open')))).json.principal).toBe('known')
    expect(order).toEqual(['one in', 'two in', 'two out', 'one out'])
    expect(await (await app.fetch(get('/closed'))).text()).toBe('closed')
  })

  it('of Hono goes before everything', async () => {
    const app = appOf(
      { routes: [route('/x', () => new Response('x'))] },
      { use: [cors({ origin: 'https://ui.example' })] },
    )
    const response = await app.fetch(get('/x', { origin: 'https://ui.example' }))
    expect([await response.text(), response.headers.get('access-control-allow-origin')]).toEqual([
      'x',
      'https://ui.example',
    ])
    const preflight = await app.fetch(
      new Request(url('/x'), {
        method: 'OPTIONS',
        headers: { origin: 'https://ui.example', 'access-control-request-method': 'POST' },
      }),
    )
    expect(preflight.status).toBe(204)
  })
})

describe('authentication', () => {
  const app = appOf(
    { routes: [route('/x', show), route('/open', show, { public: true })] },
    { auth: [bearer({ accept: { alice: 'token-of-alice' } })] },
  )

  it('lets nobody in who does not prove who it is', async () => {
    const { status, headers, json } = await tell(app.fetch(get('/x')))
    expect([status, headers.get('www-authenticate'), json.error.code]).toEqual([
      401,
      expect.stringContaining('Bearer'),
      'PF_UNAUTHENTICATED',
    ])
    expect((await app.fetch(get('/x', { authorization: 'Bearer wrong' }))).status).toBe(401)
  })

  it('tells routes who it is', async () => {
    expect((await tell(app.fetch(get('/x', { authorization: 'Bearer token-of-alice' })))).json.principal).toBe('alice')
  })

  it('is not asked for public routes and health', async () => {
    expect((await tell(app.fetch(get('/open')))).json.principal).toBe('anonymous')
    expect((await app.fetch(get('/health'))).status).toBe(200)
  })
})

describe('health', () => {
  it('is that of every feature; reasons go to the log only', async () => {
    const log = vi.fn<Logger['log']>()
    let fine = true
    const app = appOf(
      {
        health: async () => {
          if (!fine) throw new Error('disk of db.internal is full')
        },
      },
      { logger: { log } },
    )
    expect(await tell(app.fetch(get('/health')))).toMatchObject({
      status: 200,
      json: { status: 'ok', features: { test: 'ok' } },
    })
    fine = false
    const { status, json } = await tell(app.fetch(get('/health')))
    expect([status, json]).toEqual([503, { status: 'failing', features: { test: 'failing' } }])
    expect(log).toHaveBeenCalledWith('error', 'A feature is not healthy.', {
      feature: 'test',
      error: 'Error: disk of db.internal is full',
    })
  })

  it('may be elsewhere, or not at all', async () => {
    expect((await appOf({}, { health: '/live' }).fetch(get('/live'))).status).toBe(200)
    expect((await appOf({}, { health: false }).fetch(get('/health'))).status).toBe(404)
  })
})

describe('closing', () => {
  it('refuses what comes after, and says when to try again', async () => {
    const app = appOf({ routes: [route('/x', () => new Response('x'))] })
    await app.close()
    const { status, headers } = await tell(app.fetch(get('/x')))
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
  })

  it('ends what checks have going behind requests, and hands them what keeps a host going', async () => {
    const given: AuthContext[] = []
    const scheme = bearer({ accept: { alice: 'alice-token' } })
    const auth: AuthScheme[] = [
      {
        ...scheme,
        authenticate: (request, context, caller) => (
          given.push(context),
          scheme.authenticate(request, context, caller)
        ),
      },
    ]
    const app = appOf({ routes: [route('/x', () => new Response('x'))] }, { auth })
    const waitUntil = () => {}
    const asked = () => get('/x', { authorization: 'Bearer alice-token' })
    expect((await app.fetch(asked())).status).toBe(200)
    expect((await app.fetch(asked(), { waitUntil })).status).toBe(200)
    expect(given.map((context) => context.waitUntil)).toEqual([undefined, waitUntil])
    expect(given.map(({ signal }) => signal?.aborted)).toEqual([false, false])
    await app.close()
    expect(given.map(({ signal }) => signal?.aborted)).toEqual([true, true])
  })
})
