// Authentication and authorisation over real HTTP: an issuer, an agent and callers on this machine.
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectSocket } from 'node:net'
import { clientCredentials, createA2AClient, createCredentials, userMessage } from '@pf-agents/a2a-client'
import {
  defineAgent,
  defineSkill,
  type Handler,
  type JsonValue,
  reply,
  secret,
  skillExtensionUri,
} from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { apiKey, mutualTls, rateLimit } from '@pf-agents/auth'
import { jwtBearer } from '@pf-agents/auth/jwt'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { signToken, startIssuer, type TestIssuer, testKey, type TestKey } from '../../auth/test/issuer'
import { a2aServer } from './a2a-server'
import { verifies } from './conformance/verifies'

const handler: Handler<JsonValue> = (_input, { principal }) => reply.data({ ...principal })
const who = defineSkill({ id: 'who', name: 'Who', description: 'Tells who asks', handler })
const pay = defineSkill({ id: 'pay', name: 'Pay', description: 'Tells who pays', scopes: ['pay'], handler })
const agent = defineAgent({
  name: 'guarded',
  description: 'Guarded',
  version: '1.0.0',
  skills: [who, pay],
  route: () => 'who',
})

let issuer: TestIssuer
let key: TestKey
let server: RunningServer
const logged: string[] = []

beforeAll(async () => {
  ;[issuer, key] = await Promise.all([startIssuer(), testKey('k-1')])
  issuer.keys = [key.publicJwk]
  const tokens = jwtBearer({
    issuer: issuer.url,
    audience: 'guarded',
    keys: { url: `${issuer.url}/keys` },
    allowHttp: true,
    cooldownMs: 0,
    scopes: ['call'],
    resourceMetadata: 'https://agent.example/.well-known/oauth-protected-resource',
  })
  const keys = apiKey({ accept: { ci: { credential: secret('CI_KEY'), scopes: ['pay'] } } })
  const certificates = mutualTls({ trustedProxies: ['10.0.0.1'], format: 'xfcc' })
  const app = createApp(agent, [a2aServer(), rateLimit({ requestsPerMinute: 60, burst: 40 })], {
    auth: [tokens, keys, certificates],
    variables: { get: (name) => ({ CI_KEY: 'ci-key' })[name] },
    logger: { log: (level, message, fields) => logged.push(JSON.stringify({ level, message, ...fields })) },
  })
  server = await serve(app, { port: 0 })
})
afterAll(async () => {
  await server.close()
  await issuer[Symbol.asyncDispose]()
})
afterEach(() => {
  issuer.answer = undefined
})

const exp = () => Math.floor(Date.now() / 1000) + 60
const token = (claims: object = {}, by = key) =>
  signToken(by, { iss: issuer.url, aud: 'guarded', sub: 'alice', scope: 'call', exp: exp(), ...claims })

const bindings = {
  'JSON-RPC': (headers: Record<string, string>, skill?: string) =>
    fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'a2a-version': '1.0', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message: messageOf(skill) } }),
    }),
  'HTTP+JSON': (headers: Record<string, string>, skill?: string) =>
    fetch(`${server.url}/message:send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'a2a-version': '1.0', ...headers },
      body: JSON.stringify({ message: messageOf(skill) }),
    }),
}
const messageOf = (skill?: string) => ({
  messageId: 'm',
  role: 'ROLE_USER',
  parts: [{ text: 'hi' }],
  ...(skill && { metadata: { [skillExtensionUri]: skill } }),
})

describe.each(Object.entries(bindings))('over %s', (name, send) => {
  const answerOf = async (response: Response) => {
    const body = (await response.json()) as { error?: { code: number; message: string }; result?: object }
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      retryAfter: response.headers.get('retry-after'),
      error: body.error,
      text: JSON.stringify(body),
    }
  }
  const code = (rpc: number, http: number) => (name === 'JSON-RPC' ? rpc : http)

  it('a good token says who it is', async () => {
    const { status, text } = await answerOf(await send({ authorization: `Bearer ${await token()}` }))
    expect([status, text]).toEqual([
      200,
      expect.stringContaining(JSON.stringify({ id: `${issuer.url}#alice`, scopes: ['call'] })),
    ])
  })

  it(`nothing, and what is no good, is refused with the way in ${verifies('AUTH-SERVER-002')}`, async () => {
    const resource = 'resource_metadata="https://agent.example/.well-known/oauth-protected-resource"'
    const nothing = await answerOf(await send({}))
    expect(nothing).toMatchObject({ status: 401, error: { code: code(-32000, 401) } })
    expect(nothing.challenge).toBe(`Bearer scope="call", ${resource}, ApiKey in="header", name="X-API-Key"`)
    const stranger = await testKey('k-1')
    for (const bad of [
      await token({}, stranger),
      await token({ aud: 'other' }),
      await token({ iss: 'https://evil.example' }),
      await token({ exp: 1 }),
      'not.a.token',
      'Li4u',
    ]) {
      const refused = await answerOf(await send({ authorization: `Bearer ${bad}` }))
      expect(refused).toMatchObject({
        status: 401,
        error: { code: code(-32000, 401), message: nothing.error?.message },
      })
      expect(refused.challenge).toContain('Bearer error="invalid_token"')
      expect(refused.text).not.toContain(bad)
    }
  })

  it('what somebody made who does not have the key is refused, and nobody is asked for another', async () => {
    let asked = 0
    const elsewhere = createServer((_request, response) => {
      asked++
      response.end(JSON.stringify({ keys: [stranger.publicJwk] }))
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`
    const stranger = await testKey('k-1')
    const claims = { iss: issuer.url, aud: 'guarded', sub: 'admin', scope: 'call pay', exp: exp() }
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = (header: object) => `${encode({ kid: 'k-1', ...header })}.${encode(claims)}`
    const byHmac = (header: object, secretText: string | Buffer) => {
      const text = unsigned(header)
      return `${text}.${createHmac('sha256', secretText).update(text).digest('base64url')}`
    }
    const open = createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' })
    const [head, , signature] = (await token()).split('.') as [string, string, string]
    const forged = {
      unsigned: `${unsigned({ alg: 'none' })}.`,
      'unsigned in capitals': `${unsigned({ alg: 'NONE' })}.`,
      'signed with the public key as a secret (PEM)': byHmac(
        { alg: 'HS256' },
        open.export({ format: 'pem', type: 'spki' }),
      ),
      'signed with the public key as a secret (DER)': byHmac(
        { alg: 'HS256' },
        open.export({ format: 'der', type: 'spki' }),
      ),
      'signed with the public key as a secret (JWK)': byHmac({ alg: 'HS256' }, JSON.stringify(key.publicJwk)),
      'signed with nothing as a secret': byHmac({ alg: 'HS256' }, ''),
      'signed by a key it brings along': await signToken(stranger, claims, { header: { jwk: stranger.publicJwk } }),
      'signed by a key it says where to find': await signToken(stranger, claims, { header: { jku: url, x5u: url } }),
      'with other claims than were signed': `${head}.${encode(claims)}.${signature}`,
      'good before its time': await token({ nbf: exp() }),
      'good for ever': await token({ exp: undefined }),
    }
    try {
      for (const [what, bad] of Object.entries(forged)) {
        const refused = await answerOf(await send({ authorization: `Bearer ${bad}` }))
        expect([what, refused.status, refused.error?.code]).toEqual([what, 401, code(-32000, 401)])
        for (const part of bad.split('.').filter((one) => one.length > 8)) {
          expect(refused.text + refused.challenge).not.toContain(part)
          expect(logged.join()).not.toContain(part)
        }
      }
      expect(asked).toBe(0)
    } finally {
      elsewhere.close()
    }
  })

  it('a missing scope is a 403 that names it', async () => {
    const refused = await answerOf(await send({ authorization: `Bearer ${await token({ scope: 'other' })}` }))
    expect(refused).toMatchObject({ status: 403, error: { code: code(-32000, 403) } })
    expect(refused.challenge).toContain('error="insufficient_scope", scope="call"')
  })

  it(`a skill with scopes is for those who have them ${verifies('AUTH-SCOPE-001')}`, async () => {
    const refused = await answerOf(await send({ authorization: `Bearer ${await token()}` }, 'pay'))
    expect(refused).toMatchObject({ status: 403, error: { code: code(-32000, 403) } })
    expect(refused.text).toContain('pay')
    for (const headers of [
      { 'x-api-key': 'ci-key' },
      { authorization: `Bearer ${await token({ scope: 'call pay' })}` },
    ]) {
      expect(await answerOf(await send(headers, 'pay'))).toMatchObject({ status: 200 })
    }
  })

  it('an issuer that does not answer is no fault of the caller', async () => {
    const unknown = await testKey(`new-${name}`)
    issuer.answer = (_request, response) => response.destroy()
    // Known keys go on; only who has a new one is told to come again, and only while no keys are known at all.
    expect((await send({ authorization: `Bearer ${await token()}` })).status).toBe(200)
    expect((await send({ authorization: `Bearer ${await token({}, unknown)}` })).status).toBe(401)
    issuer.answer = undefined
    issuer.keys = [...issuer.keys, unknown.publicJwk]
    expect((await send({ authorization: `Bearer ${await token({}, unknown)}` })).status).toBe(200)
  })

  it('a certificate header counts for nothing where it does not come from the proxy', async () => {
    const refused = await send({ 'x-forwarded-client-cert': `Hash=${'a'.repeat(64)};URI=spiffe://a/admin` })
    expect(refused.status).toBe(401)
  })

  it('who sends too much is told when to come again, and nobody else', async () => {
    const flooding = `Bearer ${await token({ sub: `flood-${name}` })}`
    const all = await Promise.all(
      Array.from({ length: 60 }, async () => answerOf(await send({ authorization: flooding }))),
    )
    const refused = all.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    for (const one of refused) expect(one).toMatchObject({ retryAfter: '1', error: { code: code(-32603, 429) } })
    expect((await send({ authorization: `Bearer ${await token({ sub: `calm-${name}` })}` })).status).toBe(200)
  })
})

describe('by hand, over a socket', () => {
  /** Sends lines as they are, which no HTTP client would. */
  const raw = (...lines: string[]) =>
    new Promise<string>((resolve, reject) => {
      const socket = connectSocket(server.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
      let text = ''
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk
        if (/\r\n\r\n/.test(text)) socket.end()
      })
      socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''))
      socket.on('error', reject)
    })
  const get = ['GET /tasks HTTP/1.1', 'Host: agent', 'A2A-Version: 1.0', 'Connection: close']

  it('two credentials of a kind are refused, whichever of them is good', async () => {
    const good = await token()
    expect(await raw(...get, `Authorization: Bearer ${good}`)).toContain(' 200 ')
    for (const pair of [
      [good, 'x'],
      ['x', good],
      [good, good],
    ]) {
      expect(await raw(...get, ...pair.map((one) => `Authorization: Bearer ${one}`))).toContain(' 401 ')
    }
    expect(await raw(...get, 'X-API-Key: ci-key')).toContain(' 200 ')
    expect(await raw(...get, 'X-API-Key: x', 'x-api-key: ci-key')).toContain(' 401 ')
  })

  it('line ends, folded lines and control characters get nobody in', async () => {
    for (const line of [
      'X-API-Key: x\r\n ci-key',
      'X-API-Key:\tci-key\u0001',
      'X-API-Key: ci-key\u0000',
      'X-API-Key : ci-key',
      'Authorization: Bearer\r\n\tx',
    ]) {
      expect(await raw(...get, line)).toMatch(/ 40[01] /)
    }
  })

  it('a huge credential is refused before anybody looks at it', async () => {
    const before = issuer.loads
    expect(await raw(...get, `Authorization: Bearer ${(await token()).padEnd(9_000, 'x')}`)).toContain(' 401 ')
    expect(await raw(...get, `Authorization: Bearer ${'x'.repeat(40_000)}`)).toContain(' 431 ')
    expect(issuer.loads).toBe(before)
  })
})

it('the card says all of it', async () => {
  const card = (await (await fetch(`${server.url}/.well-known/agent-card.json`)).json()) as Record<string, unknown>
  expect(card).toMatchObject({
    securitySchemes: {
      bearer: { httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' } },
      apiKey: { apiKeySecurityScheme: { location: 'header', name: 'X-API-Key' } },
      mutualTls: { mtlsSecurityScheme: {} },
    },
    securityRequirements: [
      { schemes: { bearer: { list: ['call'] } } },
      { schemes: { apiKey: { list: [] } } },
      { schemes: { mutualTls: { list: [] } } },
    ],
    skills: [
      { id: 'who' },
      {
        id: 'pay',
        securityRequirements: [
          { schemes: { bearer: { list: ['call', 'pay'] } } },
          { schemes: { apiKey: { list: ['pay'] } } },
          { schemes: { mutualTls: { list: ['pay'] } } },
        ],
      },
    ],
  })
})

it('our client finds its way in by the card, and gets a new token when the keys change', async () => {
  let signing = key
  const asked: string[] = []
  const credentials = createCredentials({
    [server.url]: {
      bearer: clientCredentials({
        tokenUrl: 'https://id.example/token',
        clientId: 'client',
        clientSecret: 'secret',
        fetch: async (_url, init) => {
          asked.push(String(init?.body))
          return Response.json({
            access_token: await token({ sub: 'client' }, signing),
            token_type: 'Bearer',
            expires_in: 60,
          })
        },
      }),
    },
  })
  const client = createA2AClient({ url: server.url, credentials })
  const ask = async () => {
    const answer = await client.sendMessage({ message: userMessage('hi') })
    return 'message' in answer ? answer.message.parts[0]?.data : undefined
  }
  expect(await ask()).toMatchObject({ id: `${issuer.url}#client` })
  // The issuer changes its keys, and does not know the old ones any more: the token at hand is no good from now on.
  signing = await testKey('k-2')
  issuer.keys = [signing.publicJwk]
  await fetch(server.url, { method: 'POST', headers: { authorization: `Bearer ${await token({}, signing)}` } })
  expect(await ask()).toMatchObject({ id: `${issuer.url}#client` })
  expect(asked).toEqual(Array(2).fill('grant_type=client_credentials&scope=call'))
  issuer.keys = [key.publicJwk, signing.publicJwk]
})

it('a certificate that the proxy passes on is a caller', async () => {
  const behind = await serve(
    createApp(agent, [a2aServer()], { auth: [mutualTls({ trustedProxies: ['127.0.0.1'], format: 'xfcc' })] }),
    { port: 0 },
  )
  try {
    const list = (headers: Record<string, string>) =>
      fetch(`${behind.url}/tasks`, { headers: { 'a2a-version': '1.0', ...headers } })
    const forwarded = `Hash=${'a'.repeat(64)};URI=spiffe://a/caller`
    expect((await list({ 'x-forwarded-client-cert': forwarded })).status).toBe(200)
    expect((await list({ 'x-forwarded-client-cert': `${forwarded},${forwarded}` })).status).toBe(401)
    expect((await list({})).status).toBe(401)
  } finally {
    await behind.close()
  }
})

it('no log holds a credential', async () => {
  const all = logged.join('\n')
  expect(all).toContain('A credential was refused.')
  expect(all).not.toMatch(/eyJ|ci-key|spiffe/)
})
