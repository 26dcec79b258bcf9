import { anonymous, PfError, secret } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { request, testContext } from '../test/context'
import { challengesOf, ForbiddenError, UnauthenticatedError } from './auth-error'
import { createAuthenticator } from './authenticator'
import { allOf, withoutCredentials } from './requirement'
import { apiKey } from './scheme/api-key'
import type { AuthResult, AuthScheme } from './scheme/auth-scheme'
import { bearer } from './scheme/bearer'
import { mutualTls } from './scheme/mutual-tls'

const key = apiKey({ accept: { ci: 'ci-key', scoped: { credential: 'scoped-key', scopes: ['a', 'b'] } } })
const token = bearer({
  accept: { alice: 'alice-token', boss: { credential: 'boss-token', scopes: ['admin'] } },
  scopes: ['admin'],
})
const context = testContext()
const headers = { ciKey: { 'x-api-key': 'ci-key' }, badKey: { 'x-api-key': 'bad' } }
const alice = { authorization: 'Bearer alice-token' }
const boss = { authorization: 'Bearer boss-token' }
const badToken = { authorization: 'Bearer bad' }

async function failure(promise: Promise<unknown>): Promise<UnauthenticatedError | ForbiddenError> {
  return promise.then(
    () => expect.unreachable('it was let in'),
    (error: unknown) => error as UnauthenticatedError,
  )
}

describe('alternatives', () => {
  const { authenticate } = createAuthenticator([key, token])

  it('let in whom any one of them knows', async () => {
    expect(await authenticate(request(headers.ciKey), context)).toEqual({ id: 'ci' })
    expect(await authenticate(request(boss), context)).toEqual({ id: 'boss', scopes: ['admin'] })
    expect(await authenticate(request({ ...headers.badKey, ...boss }), context)).toMatchObject({ id: 'boss' })
    expect(await authenticate(request({ ...headers.ciKey, ...badToken }), context)).toEqual({ id: 'ci' })
  })

  it('refuse everybody else, and say how to get in', async () => {
    const error = await failure(authenticate(request(), context))
    expect(error).toMatchObject({ code: 'PF_UNAUTHENTICATED' })
    expect(error.challenges).toEqual(['ApiKey in="header", name="X-API-Key"', 'Bearer scope="admin"'])
    const bad = await failure(authenticate(request({ ...headers.badKey, ...badToken }), context))
    expect(bad.challenges).toEqual([
      'ApiKey in="header", name="X-API-Key", error="invalid_token"',
      'Bearer error="invalid_token", scope="admin"',
    ])
  })

  it('tell who lacks a scope which it is', async () => {
    const error = await failure(authenticate(request({ ...headers.badKey, ...alice }), context))
    expect(error).toMatchObject({
      code: 'PF_FORBIDDEN',
      details: { scopes: 'admin' },
      challenges: ['Bearer error="insufficient_scope", scope="admin"'],
    })
    expect(error).toBeInstanceOf(ForbiddenError)
    // Another way in counts for more than a missing scope.
    expect(await authenticate(request({ ...headers.ciKey, ...alice }), context)).toEqual({ id: 'ci' })
  })

  it('stand on the card in their order', () => {
    expect(createAuthenticator([key, token]).card).toEqual({
      securitySchemes: { apiKey: key.card, bearer: token.card },
      securityRequirements: [{ schemes: { apiKey: { list: [] } } }, { schemes: { bearer: { list: ['admin'] } } }],
    })
  })
})

describe('allOf', () => {
  const { authenticate, card } = createAuthenticator([allOf(token, key), allOf(key)])
  const both = createAuthenticator([allOf(token, key)])

  it('asks for all of them; the first says who it is', async () => {
    expect(await both.authenticate(request({ ...boss, ...headers.ciKey }), context)).toEqual({
      id: 'boss',
      scopes: ['admin'],
    })
    for (const some of [boss, headers.ciKey, { ...boss, ...headers.badKey }, { ...badToken, ...headers.ciKey }]) {
      expect(await failure(both.authenticate(request(some), context))).toMatchObject({ code: 'PF_UNAUTHENTICATED' })
    }
    expect(await failure(both.authenticate(request({ ...alice, ...headers.ciKey }), context))).toMatchObject({
      code: 'PF_FORBIDDEN',
    })
  })

  it('stands on the card as one entry, and each scheme once', async () => {
    expect(card).toEqual({
      securitySchemes: { bearer: token.card, apiKey: key.card },
      securityRequirements: [
        { schemes: { bearer: { list: ['admin'] }, apiKey: { list: [] } } },
        { schemes: { apiKey: { list: [] } } },
      ],
    })
    expect(await authenticate(request(headers.ciKey), context)).toEqual({ id: 'ci' })
  })

  it('asks each scheme once for each request', async () => {
    let asked = 0
    const counted: AuthScheme = { ...key, authenticate: (...given) => (asked++, key.authenticate(...given)) }
    const several = createAuthenticator([allOf(counted, token), allOf(counted, { ...token, name: 'other' }), counted])
    await several.authenticate(request(headers.ciKey), context)
    expect(asked).toBe(1)
  })
})

describe('withoutCredentials', () => {
  const open = createAuthenticator([allOf(token, key), withoutCredentials()])

  it('lets in who brings nothing, and nobody whose credential is not good', async () => {
    expect(await open.authenticate(request(), context)).toBe(anonymous)
    expect(await open.authenticate(request({ ...boss, ...headers.ciKey }), context)).toMatchObject({ id: 'boss' })
    for (const some of [badToken, headers.badKey, headers.ciKey, { ...boss, ...headers.badKey }]) {
      expect(await failure(open.authenticate(request(some), context))).toMatchObject({ code: 'PF_UNAUTHENTICATED' })
    }
    expect(await failure(open.authenticate(request({ ...alice, ...headers.ciKey }), context))).toMatchObject({
      code: 'PF_FORBIDDEN',
    })
  })

  it('stands on the card as an entry that asks for nothing', () => {
    expect(open.card['securityRequirements']).toContainEqual({ schemes: {} })
    expect([open.admitsAnonymous, createAuthenticator([key]).admitsAnonymous]).toEqual([true, false])
  })
})

describe('a scheme that can not find out', () => {
  const down = new PfError('PF_AUTH_UNAVAILABLE', 'Down.', { retryAfterMs: 5_000, cause: new Error('ECONNREFUSED') })
  const broken: AuthScheme = {
    ...token,
    authenticate: (given): AuthResult => {
      if (given.headers.get('authorization') === null) return undefined
      throw down
    },
  }

  it('is the answer only where no other lets the request in', async () => {
    const { authenticate } = createAuthenticator([broken, key])
    expect(await authenticate(request({ ...boss, ...headers.ciKey }), context)).toEqual({ id: 'ci' })
    await expect(authenticate(request(boss), context)).rejects.toBe(down)
    await expect(authenticate(request({ ...boss, ...headers.badKey }), context)).rejects.toBe(down)
    const open = createAuthenticator([broken, withoutCredentials()])
    await expect(open.authenticate(request(boss), context)).rejects.toBe(down)
    expect(await open.authenticate(request(), context)).toBe(anonymous)
  })

  it('is logged with its cause', async () => {
    const told = testContext()
    await expect(createAuthenticator([broken]).authenticate(request(boss), told)).rejects.toBe(down)
    expect(told.logged.join()).toContain('ECONNREFUSED')
  })
})

it('says why in the log, and never says a credential anywhere', async () => {
  const told = testContext()
  const secretText = 'sup3r-s3cret'
  const { authenticate } = createAuthenticator([key, token])
  const given = request({ 'x-api-key': secretText, authorization: `Bearer ${secretText}` })
  const error = await failure(authenticate(given, told))
  expect(told.logged).toEqual([
    '{"level":"debug","message":"A credential was refused.","scheme":"apiKey","reason":"unknown key"}',
    '{"level":"debug","message":"A credential was refused.","scheme":"bearer","reason":"unknown token"}',
  ])
  const all = JSON.stringify([told.logged, error.message, error.challenges, error.details, error.stack])
  for (const text of [secretText, 'ci-key', 'alice-token']) expect(all).not.toContain(text)
})

it('adds up what its schemes need', () => {
  const other = apiKey({ name: 'other', accept: { a: secret('A') } })
  const tokens = {
    issuer: 'i',
    needs: { outbound: ['https://id.test'], secrets: ['B'] },
    verify: () => ({ claims: {} }),
  }
  expect(createAuthenticator([other, allOf(key, bearer({ tokens }))]).needs).toMatchObject({
    outbound: ['https://id.test'],
    secrets: ['A', 'B'],
  })
})

it('refuses what can not be', () => {
  expect(() => createAuthenticator([])).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  expect(() => createAuthenticator([key, apiKey({ accept: { b: 'c' } })])).toThrow(/two schemes are named "apiKey"/)
  const certificates = mutualTls({ trustedProxies: ['10.0.0.7'] })
  expect(() => createAuthenticator([certificates], { target: 'wasm' })).toThrow(
    expect.objectContaining({ code: 'PF_TARGET_UNSUPPORTED', message: expect.stringContaining('mutualTls') }),
  )
  expect(() => createAuthenticator([certificates], { target: 'node' })).not.toThrow()
})

it('knows challenges of its errors only', () => {
  expect(challengesOf(new UnauthenticatedError(['Bearer']))).toEqual(['Bearer'])
  expect(challengesOf(new ForbiddenError(['a'], ['Bearer x']))).toEqual(['Bearer x'])
  expect(challengesOf(new PfError('PF_FORBIDDEN', 'x'))).toEqual([])
  expect(challengesOf(Object.assign(new PfError('PF_INTERNAL'), { challenges: ['Bearer'] }))).toEqual([])
  expect(challengesOf(new Error('x'))).toEqual([])
})
