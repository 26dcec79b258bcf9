import { createMemoryKeyValue } from '@pf-agents/agent-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testContext, type TestContext } from '../../test/context'
import { signToken, startIssuer, type TestIssuer, testKey, type TestKey } from '../../test/issuer'
import type { AuthContext } from '../scheme/auth-scheme'
import { jwtTokens } from './jwt-tokens'

let issuer: TestIssuer
let first: TestKey
let second: TestKey
let context: TestContext

beforeAll(async () => {
  issuer = await startIssuer()
  ;[first, second] = await Promise.all([testKey('one'), testKey('two')])
})
afterAll(() => issuer[Symbol.asyncDispose]())
beforeEach(() => {
  issuer.keys = [first.publicJwk]
  issuer.answer = undefined
  issuer.asked.length = 0
  context = testContext()
})

const verifier = (options: object = {}) =>
  jwtTokens({ issuer: issuer.url, audience: 'a', keys: { url: `${issuer.url}/keys` }, allowHttp: true, ...options })
const token = (key: TestKey, kid = key.kid) =>
  signToken(key, { iss: issuer.url, aud: 'a', sub: 's', exp: context.clock.now() / 1000 + 1e6 }, { kid })
const outcome = async (tokens: ReturnType<typeof verifier>, given: string, using: AuthContext = context) =>
  (await tokens.verify(given, using)).refused?.reason ?? 'good'

describe('keys at an address', () => {
  it('are loaded once for many tokens, at once or later', async () => {
    const tokens = verifier()
    const given = await token(first)
    expect(await Promise.all(Array.from({ length: 50 }, () => outcome(tokens, given)))).toEqual(Array(50).fill('good'))
    expect(context.clock.pending).toBe(0)
    await context.clock.advance(599_000)
    expect(await outcome(tokens, given)).toBe('good')
    expect(issuer.loads).toBe(1)
    await context.clock.advance(2_000)
    expect(await outcome(tokens, given)).toBe('good')
    expect(issuer.loads).toBe(2)
  })

  it('are loaded anew for a key that is new, so that a rotation is not noticed', async () => {
    const tokens = verifier()
    expect(await outcome(tokens, await token(first))).toBe('good')
    issuer.keys = [first.publicJwk, second.publicJwk]
    await context.clock.advance(30_000)
    expect(await outcome(tokens, await token(second))).toBe('good')
    expect(await outcome(tokens, await token(first))).toBe('good')
    expect(issuer.loads).toBe(2)
  })

  it('that were withdrawn are good no longer than their age allows', async () => {
    const tokens = verifier()
    const given = await token(first)
    expect(await outcome(tokens, given)).toBe('good')
    issuer.keys = [second.publicJwk]
    await context.clock.advance(600_000)
    expect(await outcome(tokens, given)).toBe('ERR_JWKS_NO_MATCHING_KEY')
  })

  it('are loaded once per cooldown in a storm of unknown key ids', async () => {
    const tokens = verifier()
    expect(await outcome(tokens, await token(first))).toBe('good')
    const unknown = await Promise.all(Array.from({ length: 100 }, (_, index) => token(second, `made-up-${index}`)))
    for (let minute = 0; minute < 3; minute++) {
      await context.clock.advance(30_000)
      const all = await Promise.all(unknown.map((given) => outcome(tokens, given)))
      expect(new Set(all)).toEqual(new Set(['ERR_JWKS_NO_MATCHING_KEY']))
      for (const given of unknown.slice(0, 20)) await outcome(tokens, given)
      expect(issuer.loads).toBe(2 + minute)
    }
    expect(await outcome(tokens, await token(first))).toBe('good')
  })

  it('are not loaded for the sake of a signature that is not good', async () => {
    const tokens = verifier()
    const forged = await signToken(second, { iss: issuer.url, aud: 'a', sub: 's', exp: 4e9 }, { kid: 'one' })
    await outcome(tokens, forged)
    await context.clock.advance(60_000)
    await outcome(tokens, forged)
    expect(issuer.loads).toBe(1)
  })
})

describe('an issuer that fails', () => {
  const unavailable = { code: 'PF_AUTH_UNAVAILABLE', status: 503, retryAfterMs: 5_000 }

  it('is asked again after five seconds, not before', async () => {
    const tokens = verifier()
    issuer.answer = (_request, response) => response.writeHead(500).end()
    const given = await token(first)
    for (let count = 0; count < 10; count++)
      await expect(tokens.verify(given, context)).rejects.toMatchObject(unavailable)
    expect(issuer.loads).toBe(1)
    issuer.answer = undefined
    await context.clock.advance(5_000)
    expect(await outcome(tokens, given)).toBe('good')
    expect(issuer.loads).toBe(2)
  })

  it('is done without for an hour where its keys are known', async () => {
    const tokens = verifier()
    const given = await token(first)
    expect(await outcome(tokens, given)).toBe('good')
    issuer.answer = (_request, response) => response.destroy()
    for (let minute = 0; minute < 59; minute++) {
      await context.clock.advance(60_000)
      expect(await outcome(tokens, given)).toBe('good')
      expect(await outcome(tokens, await token(second))).toBe('ERR_JWKS_NO_MATCHING_KEY')
    }
    await context.clock.advance(60_000)
    await expect(tokens.verify(given, context)).rejects.toMatchObject(unavailable)
  })

  it.each<[string, NonNullable<TestIssuer['answer']>]>([
    [
      'a redirect',
      (_request, response) =>
        response.writeHead(302, { location: `${issuer.url}/.well-known/openid-configuration` }).end(),
    ],
    [
      'more than 256 KiB',
      (_request, response) => response.end(JSON.stringify({ keys: [first.publicJwk], x: 'x'.repeat(300_000) })),
    ],
    [
      'more than 256 KiB, in pieces',
      (_request, response) => void response.write(' '.repeat(200_000), () => response.end(' '.repeat(200_000))),
    ],
    ['no JSON', (_request, response) => response.end('<html>')],
    ['no object', (_request, response) => response.end('[]')],
    ['no keys', (_request, response) => response.end('{"keys":{}}')],
    ['not found', (_request, response) => response.writeHead(404).end()],
    ['JSON without an end to its depth', (_request, response) => response.end('['.repeat(10_000))],
  ])('with %s gives no keys', async (_what, answer) => {
    issuer.answer = answer
    await expect(verifier().verify(await token(first), context)).rejects.toMatchObject(unavailable)
    expect(issuer.loads).toBe(1)
  })

  it('with silence is given up after five seconds, and nothing is left of the attempt', async () => {
    issuer.answer = () => {}
    const tokens = verifier()
    const pending = context.clock.until(Promise.resolve(tokens.verify(await token(first), context)))
    await expect(pending).rejects.toMatchObject(unavailable)
    expect(context.clock.pending).toBe(0)
  })

  it('does not show its address with what is in it', async () => {
    issuer.answer = (_request, response) => response.writeHead(500).end()
    const tokens = verifier({ keys: { url: `${issuer.url}/keys?key=s3cret` } })
    await expect(tokens.verify(await token(first), context)).rejects.toMatchObject({
      message: expect.not.stringContaining('s3cret'),
    })
  })

  it('publishes more keys than are looked at', async () => {
    const many = Array.from({ length: 64 }, (_, index) => ({ ...first.publicJwk, kid: `k-${index}` }))
    issuer.keys = [...many, second.publicJwk]
    const tokens = verifier()
    expect(await outcome(tokens, await token(first, 'k-63'))).toBe('good')
    expect(await outcome(tokens, await token(second))).toBe('ERR_JWKS_NO_MATCHING_KEY')
  })
})

describe('in a component, whose memory ends with the request', () => {
  // Each request has a new instance of everything but the store.
  const instance = (using: AuthContext, given: string) => outcome(verifier(), given, using)

  it('keys are kept in the key-value store', async () => {
    const keyValue = createMemoryKeyValue()
    const component = { ...context, keyValue }
    const given = await token(first)
    for (let count = 0; count < 5; count++) expect(await instance(component, given)).toBe('good')
    expect(issuer.loads).toBe(1)
    await context.clock.advance(600_000)
    expect(await instance(component, given)).toBe('good')
    expect(issuer.loads).toBe(2)
  })

  it('unknown key ids load them once per cooldown', async () => {
    const component = { ...context, keyValue: createMemoryKeyValue() }
    expect(await instance(component, await token(first))).toBe('good')
    const unknown = await token(second)
    for (let count = 0; count < 5; count++) expect(await instance(component, unknown)).not.toBe('good')
    expect(issuer.loads).toBe(1)
    issuer.keys = [second.publicJwk]
    await context.clock.advance(30_000)
    for (let count = 0; count < 5; count++) expect(await instance(component, unknown)).toBe('good')
    expect(issuer.loads).toBe(2)
  })

  it('keys that were stored in the future are not gone by', async () => {
    const keyValue = createMemoryKeyValue()
    const keys = { keys: [second.publicJwk] } as never
    await keyValue.set(`auth/keys/${encodeURIComponent(`${issuer.url}/keys`)}`, { at: context.clock.now() + 1, keys })
    expect(await instance({ ...context, keyValue }, await token(first))).toBe('good')
  })

  it('keys are loaded where the store fails', async () => {
    const fail = () => Promise.reject(new Error('the store is gone'))
    const keyValue = { ...createMemoryKeyValue(), get: fail, set: fail }
    expect(await instance({ ...context, keyValue }, await token(first))).toBe('good')
    expect(context.logged.join()).toContain('the store is gone')
  })

  it.each([null, 7, 'x', {}, { at: 'x' }, { at: 4e12 }, { at: 4e12, keys: { keys: 1 } }])(
    'what else stands there (%j) is no key set',
    async (value) => {
      const keyValue = createMemoryKeyValue()
      await keyValue.set(`auth/keys/${encodeURIComponent(`${issuer.url}/keys`)}`, value)
      expect(await instance({ ...context, keyValue }, await token(first))).toBe('good')
      expect(issuer.loads).toBe(1)
    },
  )
})
