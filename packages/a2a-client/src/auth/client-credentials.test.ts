import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFakeClock, type FakeClock } from '@pf-agents/agent-core/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clientCredentials, type ClientCredentialsOptions } from './client-credentials'
import type { CredentialRequest } from './credential'

interface Asked {
  authorization: IncomingMessage['headers']['authorization']
  form: Record<string, string>
}

let origin: string
let tokenUrl: string
let clock: FakeClock
const asked: Asked[] = []
let answer: (count: number) => {
  status?: number
  body?: unknown
  headers?: Record<string, string>
  hang?: boolean
} = () => ({})
const token = (count: number) => ({ body: { access_token: `t${count}`, token_type: 'Bearer', expires_in: 3600 } })

const server = createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  request.on('end', () => {
    asked.push({ authorization: request.headers.authorization, form: Object.fromEntries(new URLSearchParams(text)) })
    const { status = 200, body = {}, headers, hang } = answer(asked.length)
    if (!hang)
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(typeof body === 'string' ? body : JSON.stringify(body))
  })
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  tokenUrl = `${origin}/token`
})
afterAll(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})
beforeEach(() => {
  asked.length = 0
  answer = (count) => token(count)
  clock = createFakeClock()
})

const make = (options: Partial<ClientCredentialsOptions> = {}) =>
  clientCredentials({ tokenUrl, clientId: 'me:1', clientSecret: 's&cret é', allowHttp: true, clock, ...options })
const request = (more: Partial<CredentialRequest> = {}): CredentialRequest => ({
  audience: 'https://agent.test',
  scopes: [],
  ...more,
})

describe('clientCredentials', () => {
  it('asks in the form the RFC has', async () => {
    expect(await make()(request({ scopes: ['b', 'a'] }))).toEqual({ token: 't1' })
    const basic = Buffer.from('me%3A1:s%26cret+%C3%A9').toString('base64')
    expect(asked).toEqual([
      { authorization: `Basic ${basic}`, form: { grant_type: 'client_credentials', scope: 'a b' } },
    ])
  })

  it('can put id and secret into the body, and say what the token is for', async () => {
    const source = make({
      method: 'post',
      scopes: ['x'],
      audience: 'api',
      resource: true,
      clientSecret: async () => 'later',
    })
    await source(request({ scopes: ['a'] }))
    expect(asked).toEqual([
      {
        authorization: undefined,
        form: {
          grant_type: 'client_credentials',
          scope: 'x',
          audience: 'api',
          resource: 'https://agent.test',
          client_id: 'me:1',
          client_secret: 'later',
        },
      },
    ])
  })

  it('keeps a token for each audience and set of scopes, asked for once by all who wait', async () => {
    const source = make()
    const all = await Promise.all(Array.from({ length: 20 }, () => source(request({ scopes: ['a', 'b'] }))))
    expect(new Set(all.map((one) => (one as { token: string }).token))).toEqual(new Set(['t1']))
    expect(await source(request({ scopes: ['b', 'a'] }))).toEqual({ token: 't1' })
    expect(await source(request({ scopes: ['a'] }))).toEqual({ token: 't2' })
    expect(await source(request({ audience: 'https://other.test', scopes: ['a'] }))).toEqual({ token: 't3' })
    expect(asked).toHaveLength(3)
  })

  it('renews it ahead of its end, while it is still used', async () => {
    const source = make()
    await source(request())
    await clock.advance(3_540_000 - 1)
    expect(await source(request())).toEqual({ token: 't1' })
    expect(asked).toHaveLength(1)
    await clock.advance(1)
    expect(await source(request())).toEqual({ token: 't1' })
    await expect.poll(() => source(request())).toEqual({ token: 't2' })
    expect(asked).toHaveLength(2)
  })

  it('goes on with it where it can not be renewed, and tries again every five seconds at most', async () => {
    const source = make()
    await source(request())
    answer = () => ({ status: 500 })
    await clock.advance(3_541_000)
    for (let count = 0; count < 10; count++) expect(await source(request())).toEqual({ token: 't1' })
    await expect.poll(() => asked.length).toBe(2)
    // The attempt is over, and the next one has to wait.
    await new Promise((resolve) => setTimeout(resolve, 50))
    await clock.advance(4_999)
    for (let count = 0; count < 3; count++) expect(await source(request())).toEqual({ token: 't1' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(asked).toHaveLength(2)
    await clock.advance(1)
    expect(await source(request())).toEqual({ token: 't1' })
    await expect.poll(() => asked.length).toBe(3)
    // Five seconds before its end it is not sent any more.
    await clock.advance(49_000)
    await expect(source(request())).rejects.toMatchObject({ code: 'PF_HTTP_FAILED' })
  })

  it.each([
    [10, 5],
    [100, 95],
    ['100', 95],
    [undefined, 295],
    [-1, 295],
    ['soon', 295],
    [1e12, 86_395],
  ])('takes a life of %j for %j seconds', async (life, seconds) => {
    answer = (count) => ({ body: { ...token(count).body, expires_in: life } })
    const source = make()
    await source(request())
    await clock.advance(seconds * 1000 - 1)
    expect(await source(request())).toEqual({ token: 't1' })
    // What was asked for ahead of the end may be here by now; what is asked for after it must be.
    await clock.advance(1)
    expect(await source(request())).toEqual({ token: 't2' })
  })

  it('asks anew for one that was refused, once for all who hold it', async () => {
    const source = make()
    await source(request())
    const rejected = { token: 't1' }
    const renewed = await Promise.all([source(request({ rejected })), source(request({ rejected }))])
    expect(renewed).toEqual([{ token: 't2' }, { token: 't2' }])
    // Somebody who is late with the old one gets the new one.
    expect(await source(request({ rejected }))).toEqual({ token: 't2' })
    expect(asked).toHaveLength(2)
  })

  it('keeps no more tokens than it may', async () => {
    const source = make({ maxTokens: 2 })
    for (const scope of ['a', 'b', 'c']) await source(request({ scopes: [scope] }))
    await source(request({ scopes: ['c'] }))
    expect(asked).toHaveLength(3)
    await source(request({ scopes: ['a'] }))
    expect(asked).toHaveLength(4)
  })

  it.each<[string, ReturnType<typeof answer>, string]>([
    [
      'an error',
      { status: 401, body: { error: 'invalid_client', error_description: 's&cret é' } },
      'HTTP 401, invalid_client',
    ],
    ['an error that is none', { status: 400, body: { error: '<script>' } }, 'HTTP 400.'],
    ['a redirect', { status: 307, headers: { location: 'https://evil.test/' } }, 'HTTP 307'],
    ['no token', { body: {} }, 'has no token'],
    ['no JSON', { body: '<html>' }, 'has no token'],
    ['a token with a line end', { body: { access_token: 'a\r\nb', token_type: 'Bearer' } }, 'has no token'],
    ['a huge token', { body: { access_token: 'a'.repeat(9_000), token_type: 'Bearer' } }, 'has no token'],
    ['a token of another type', { body: { access_token: 'a', token_type: 'DPoP' } }, 'no bearer token'],
    ['too much', { body: { access_token: 'a', token_type: 'Bearer', x: 'x'.repeat(70_000) } }, '65536'],
  ])('fails with %s, and says no secret', async (_what, given, message) => {
    answer = () => given
    const source = make()
    const error = await Promise.resolve(source(request())).catch((failure: unknown) => failure as Error)
    expect(error).toMatchObject({ code: 'PF_HTTP_FAILED', message: expect.stringContaining(message) as string })
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain('s&cret')
    // And asks again, rather than keeping the failure.
    answer = (count) => token(count)
    expect(await source(request())).toEqual({ token: 't2' })
  })

  it('gives up after its time, and leaves no timer', async () => {
    answer = () => ({ hang: true })
    const waiting = Promise.resolve(make({ timeoutMs: 2_000 })(request()))
    await expect.poll(() => asked.length).toBe(1)
    await expect(clock.until(waiting)).rejects.toMatchObject({ code: 'PF_HTTP_TIMEOUT' })
    expect(clock.pending).toBe(0)
  })

  it('waits no longer than the caller', async () => {
    answer = () => ({ hang: true })
    const controller = new AbortController()
    const waiting = Promise.resolve(make()(request({ signal: controller.signal })))
    await expect.poll(() => asked.length).toBe(1)
    controller.abort('gone')
    await expect(waiting).rejects.toBe('gone')
  })

  describe('with the endpoint of the card', () => {
    const scheme = (url: string) => ({
      oauth2SecurityScheme: { flows: { clientCredentials: { tokenUrl: url, scopes: {} } } },
    })

    it('asks there where its origin is trusted', async () => {
      const source = clientCredentials({
        trustedOrigins: [origin],
        clientId: 'me',
        clientSecret: 's',
        allowHttp: true,
        clock,
      })
      expect(await source(request({ scheme: scheme(tokenUrl) }))).toEqual({ token: 't1' })
    })

    it.each(['https://evil.test/token', 'not a url', 'https://id.test@evil.test/'])(
      'does not ask at %s',
      async (url) => {
        const fetch = () => expect.unreachable()
        const source = clientCredentials({
          trustedOrigins: ['https://id.test'],
          clientId: 'me',
          clientSecret: 's',
          fetch,
        })
        expect(await source(request({ scheme: scheme(url) }))).toBeUndefined()
        expect(await source(request())).toBeUndefined()
        expect(await source(request({ scheme: { mtlsSecurityScheme: {} } }))).toBeUndefined()
      },
    )
  })

  it.each<[string, object]>([
    ['no endpoint', { tokenUrl: undefined }],
    ['an endpoint over http', { allowHttp: false }],
    ['an endpoint that is none', { tokenUrl: 'token' }],
  ])('is refused itself with %s', (_what, options) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  })
})
