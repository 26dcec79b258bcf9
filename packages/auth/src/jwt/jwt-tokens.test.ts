import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { secret } from '@pf-agents/agent-core'
import { SignJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, testContext, type TestContext, withToken } from '../../test/context'
import {
  rawToken,
  signToken,
  startIssuer,
  type TestIssuer,
  testKey,
  type TestKey,
  type TokenParts,
} from '../../test/issuer'
import { createAuthenticator } from '../authenticator'
import type { Refusal } from '../scheme/refusal'
import { jwtBearer, openIdConnect } from './jwt-scheme'
import { type JwtOptions, jwtTokens } from './jwt-tokens'

const audience = 'trip-agent'
let issuer: TestIssuer
let ec: TestKey
let rsa: TestKey
let stranger: TestKey
let context: TestContext
let nowSec: number

beforeAll(async () => {
  issuer = await startIssuer()
  ;[ec, rsa, stranger] = await Promise.all([testKey('ec-1'), testKey('rsa-1', 'RS256'), testKey('ec-1')])
})
afterAll(() => issuer[Symbol.asyncDispose]())
beforeEach(() => {
  issuer.keys = [ec.publicJwk, rsa.publicJwk]
  issuer.answer = undefined
  issuer.asked.length = 0
  context = testContext({ HMAC: 'a secret of thirty-two bytes, at least' })
  nowSec = context.clock.now() / 1000
})

const verifier = (options: Partial<JwtOptions> = {}) =>
  jwtTokens({ issuer: issuer.url, audience, keys: { url: `${issuer.url}/keys` }, allowHttp: true, ...options })
const claims = (more: JWTPayload = {}): JWTPayload => ({
  iss: issuer.url,
  aud: audience,
  sub: 'alice',
  exp: nowSec + 60,
  ...more,
})
const token = (more: JWTPayload = {}, key = ec, parts: TokenParts = {}) => signToken(key, claims(more), parts)
const refused = async (given: string, options?: Partial<JwtOptions>): Promise<Refusal | undefined> =>
  (await verifier(options).verify(given, context)).refused

describe('a good token', () => {
  it.each([
    ['ES256', () => ec],
    ['RS256', () => rsa],
  ] as const)('signed with %s is taken', async (_alg, key) => {
    const result = await verifier().verify(await token({ scope: 'a' }, key()), context)
    expect(result.claims).toMatchObject({ sub: 'alice', scope: 'a' })
    expect(issuer.asked).toEqual(['/keys'])
  })

  it.each(['ES384', 'ES512', 'EdDSA', 'PS256', 'RS512'])('signed with %s is taken', async (alg) => {
    const key = await testKey('other', alg)
    issuer.keys = [key.publicJwk]
    expect((await verifier().verify(await token({}, key), context)).claims).toBeDefined()
  })

  it('may be for several audiences, and not yet over within the tolerance', async () => {
    for (const more of [
      { aud: ['other', audience] },
      { exp: nowSec - 29 },
      { nbf: nowSec + 29 },
      { iat: nowSec + 3600 },
    ]) {
      expect((await verifier().verify(await token(more), context)).claims).toBeDefined()
    }
    expect(
      (await verifier({ audience: ['x', 'other'] }).verify(await token({ aud: 'other' }), context)).claims,
    ).toBeDefined()
  })

  it('without a key id is taken by whichever key fits', async () => {
    const third = await testKey('ec-3')
    const { kid: _kid, ...nameless } = third.publicJwk
    issuer.keys = [ec.publicJwk, stranger.publicJwk, nameless]
    expect((await verifier().verify(await token({}, third, { kid: null }), context)).claims).toBeDefined()
    expect(await refused(await token({}, rsa, { kid: null }))).toMatchObject({ reason: 'ERR_JWKS_NO_MATCHING_KEY' })
    issuer.keys = [...Array.from({ length: 9 }, () => stranger.publicJwk), nameless]
    // Nine others before it: more are not tried.
    expect(await refused(await token({}, third, { kid: null }))).toMatchObject({
      reason: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
  })
})

describe('a bad token', () => {
  it.each<[string, () => JWTPayload, string]>([
    ['of another issuer', () => ({ iss: 'https://evil.test' }), 'issuer'],
    ['of an issuer that only begins the same', () => ({ iss: `${issuer.url}/` }), 'issuer'],
    ['of no issuer', () => ({ iss: undefined }) as never, 'issuer'],
    ['for another audience', () => ({ aud: 'other-agent' }), 'claim aud'],
    ['for no audience', () => ({ aud: undefined }) as never, 'claim aud'],
    ['without an end', () => ({ exp: undefined }) as never, 'claim exp'],
    ['that begins later', () => ({ nbf: nowSec + 31 }), 'claim nbf'],
    ['whose end is no number', () => ({ exp: 'never' }) as never, 'claim exp'],
  ])('%s is refused', async (_what, more, reason) => {
    expect(await refused(await token(more()))).toEqual({ error: 'invalid_token', reason })
  })

  it('that is over is refused, and its holder told so', async () => {
    const over = { error: 'invalid_token', reason: 'expired', description: 'The access token expired' }
    expect(await refused(await token({ exp: nowSec - 31 }))).toEqual(over)
    expect(await refused(await token({ exp: nowSec - 1 }), { clockToleranceSec: 0 })).toEqual(over)
    // Who made it up learns nothing.
    expect(await refused(await token({ exp: nowSec - 31 }, stranger))).not.toHaveProperty('description')
  })

  it('is refused once its time has come', async () => {
    const given = await token({ exp: nowSec + 60 })
    const tokens = verifier()
    expect((await tokens.verify(given, context)).claims).toBeDefined()
    await context.clock.advance(89_000)
    expect((await tokens.verify(given, context)).claims).toBeDefined()
    await context.clock.advance(2_000)
    expect((await tokens.verify(given, context)).refused?.reason).toBe('expired')
  })

  it.each<[string, (good: string) => string | Promise<string>, string]>([
    [
      'with a changed claim',
      (good) => `${good.split('.')[0]}.${rawToken({}, claims({ sub: 'boss' })).split('.')[1]}.${good.split('.')[2]}`,
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
    [
      'without a signature',
      (good) => `${good.slice(0, good.lastIndexOf('.'))}.`,
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
    ['of somebody with the same key id', () => token({}, stranger), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    [
      'with an unknown critical header',
      () => token({}, ec, { header: { crit: ['x'], x: 1 } as never }),
      'ERR_JOSE_NOT_SUPPORTED',
    ],
    [
      'that brings its own key',
      () => signToken(stranger, claims(), { kid: 'mine', header: { jwk: stranger.publicJwk } }),
      'ERR_JWKS_NO_MATCHING_KEY',
    ],
    [
      'that names its own key set',
      () => signToken(stranger, claims(), { kid: 'mine', header: { jku: 'https://evil.test' } }),
      'ERR_JWKS_NO_MATCHING_KEY',
    ],
    ['of two parts', (good) => good.split('.').slice(0, 2).join('.'), 'algorithm'],
    ['of four parts', (good) => `${good}.x`, 'algorithm'],
  ])('%s is refused', async (_what, make, reason) => {
    let given: string
    try {
      given = await make(await token())
    } catch {
      // jose itself does not sign with an unknown critical header.
      given = rawToken({ alg: 'ES256', kid: 'ec-1', crit: ['x'], x: 1 }, claims(), (await token()).split('.')[2])
    }
    expect((await refused(given))?.reason).toBe(reason)
    expect(issuer.asked.every((path) => path === '/keys')).toBe(true)
  })

  it.each([
    '',
    '.',
    '..',
    'a.b.c',
    '\u00ff.x.y',
    'e30.e30.',
    'null.null.',
    `${'.'.repeat(200)}`,
    'eyJhbGciOiJFUzI1NiJ9.bnVsbA.x',
  ])('%j is refused without a look at any key', async (given) => {
    expect(['algorithm', 'issuer']).toContain((await refused(given))?.reason)
    expect(issuer.asked).toEqual([])
  })

  it('over 8,192 characters is not even parsed', async () => {
    const scheme = jwtBearer({ issuer: issuer.url, audience, keys: { url: `${issuer.url}/keys` }, allowHttp: true })
    const huge = await token({ junk: 'x'.repeat(9_000) })
    expect(await ask(scheme, withToken(huge), context)).toEqual({
      refused: { error: 'invalid_request', reason: 'too long' },
    })
    expect(issuer.asked).toEqual([])
  })

  it('is refused by type, age and missing claims where these are asked for', async () => {
    expect(await refused(await token(), { type: 'at+jwt' })).toMatchObject({ reason: 'claim typ' })
    expect(await refused(await token({}, ec, { typ: 'at+jwt' }), { type: 'at+jwt' })).toBeUndefined()
    expect(await refused(await token({ iat: nowSec - 100 }), { maxTokenAgeSec: 60 })).toMatchObject({
      reason: 'expired',
    })
    expect(await refused(await token({ iat: nowSec - 80 }), { maxTokenAgeSec: 60 })).toBeUndefined()
    expect(await refused(await token(), { requiredClaims: ['jti'] })).toMatchObject({ reason: 'claim jti' })
  })
})

describe('keys of the issuer that can not be used', () => {
  const short = () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    return { ...publicKey.export({ format: 'jwk' }), kid: 'odd' }
  }
  it.each([
    ['RSA of 1,024 bits', short],
    ['RSA without a modulus to speak of', () => ({ kty: 'RSA', kid: 'odd', n: 'AAAA', e: 'AQAB' })],
    ['a point that is on no curve', () => ({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'odd' })],
  ] as const)('%s: whoever names it is refused', async (_what, key) => {
    const odd = key()
    issuer.keys = [odd as never, ec.publicJwk]
    const alg = odd.kty === 'RSA' ? 'RS256' : 'ES256'
    expect(await refused(rawToken({ alg, kid: 'odd' }, claims(), 'AAAA'))).toBeDefined()
  })

  it('does not keep another one from being tried, where the token names none', async () => {
    const named = { ...short(), kid: rsa.publicJwk.kid }
    issuer.keys = [named as never, rsa.publicJwk]
    expect((await verifier().verify(await token({}, rsa), context)).claims).toBeDefined()
  })
})

describe('algorithm confusion', () => {
  it.each(['none', 'None', 'NONE', '', 'HS256', 'HS512', 'A128KW', 'RS1', 'constructor'])(
    'a token that claims %j is refused before any key is loaded',
    async (alg) => {
      const forged = rawToken({ alg, kid: 'ec-1' }, claims())
      expect(await refused(forged)).toEqual({ error: 'invalid_token', reason: 'algorithm' })
      expect(issuer.asked).toEqual([])
    },
  )

  it.each(['pem', 'der', 'jwk'])('a public key (%s) is no secret', async (form) => {
    const key = createPublicKey({ key: rsa.publicJwk as never, format: 'jwk' })
    const text =
      form === 'pem'
        ? key.export({ type: 'spki', format: 'pem' })
        : form === 'der'
          ? key.export({ type: 'spki', format: 'der' })
          : JSON.stringify(rsa.publicJwk)
    const unsigned = rawToken({ alg: 'HS256', kid: 'rsa-1' }, claims()).slice(0, -1)
    const mac = createHmac('sha256', text).update(unsigned).digest('base64url')
    expect((await refused(`${unsigned}.${mac}`))?.reason).toBe('algorithm')
  })

  it('a secret among the published keys verifies nothing', async () => {
    const k = Buffer.from('a secret of thirty-two bytes, at least')
    issuer.keys = [{ kty: 'oct', kid: 'shared', k: k.toString('base64url') }, ec.publicJwk]
    const signed = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'shared' }).sign(k)
    expect((await refused(signed))?.reason).toBe('algorithm')
  })

  it('a private key that was published by mistake verifies nothing', async () => {
    issuer.keys = [ec.privateJwk]
    expect((await refused(await token()))?.reason).toBe('ERR_JWKS_NO_MATCHING_KEY')
  })

  it('a key is used for its own algorithm only', async () => {
    expect((await refused(await token({}, ec, { kid: 'rsa-1' })))?.reason).toBe('ERR_JWKS_NO_MATCHING_KEY')
    issuer.keys = [{ ...rsa.publicJwk, alg: 'PS256' }]
    expect((await refused(await token({}, rsa)))?.reason).toBe('ERR_JWKS_NO_MATCHING_KEY')
    issuer.keys = [{ ...ec.publicJwk, use: 'enc' }]
    expect((await refused(await token()))?.reason).toBe('ERR_JWKS_NO_MATCHING_KEY')
  })

  it('only allowed algorithms are', async () => {
    expect((await refused(await token({}, rsa), { algorithms: ['ES256'] }))?.reason).toBe('algorithm')
    expect(await refused(await token({}, ec), { algorithms: ['ES256'] })).toBeUndefined()
  })
})

describe('a shared secret', () => {
  const options = { keys: { secret: secret('HMAC') } }
  const hmac = (text = 'a secret of thirty-two bytes, at least', alg = 'HS256') =>
    new SignJWT(claims()).setProtectedHeader({ alg }).sign(new TextEncoder().encode(text))

  it('verifies HS256, and nothing else', async () => {
    expect(await refused(await hmac(), options)).toBeUndefined()
    expect((await refused(await hmac('another secret of thirty-two bytes'), options))?.reason).toMatch('SIGNATURE')
    expect((await refused(await hmac(undefined, 'HS512'), options))?.reason).toBe('algorithm')
    expect((await refused(await token(), options))?.reason).toBe('algorithm')
    expect(await refused(await hmac(undefined, 'HS512'), { ...options, algorithms: ['HS512'] })).toBeUndefined()
    expect(issuer.asked).toEqual([])
  })

  it.each([{}, { HMAC: '' }, { HMAC: 'short' }])('lets nobody in where it is %j', async (secrets) => {
    const tokens = verifier(options)
    const given = await hmac('short'.padEnd(32))
    await expect(tokens.verify(given, testContext(secrets as never))).rejects.toMatchObject({
      code: 'PF_SECRET_MISSING',
      message: expect.not.stringContaining('short'),
    })
  })
})

describe('openIdConnect', () => {
  const scheme = (options: object = {}) => openIdConnect({ issuer: issuer.url, audience, allowHttp: true, ...options })

  it('finds the keys by the discovery document, once', async () => {
    const oidc = scheme()
    for (let count = 0; count < 3; count++) {
      expect(await ask(oidc, withToken(await token({ scope: 'a b' })), context)).toEqual({
        principal: { id: `${issuer.url}#alice`, scopes: ['a', 'b'] },
      })
    }
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys'])
    expect(oidc.card).toEqual({
      openIdConnectSecurityScheme: { openIdConnectUrl: `${issuer.url}/.well-known/openid-configuration` },
    })
    expect(oidc.needs).toEqual({ outbound: [issuer.url] })
  })

  it.each<[string, object]>([
    ['is of another issuer', { issuer: 'https://evil.test', jwks_uri: 'http://127.0.0.1:1/keys' }],
    ['is of an issuer that only begins the same', { issuer: 'http://127.0.0.1', jwks_uri: 'KEYS' }],
    ['names no keys', {}],
    ['names keys at no address', { jwks_uri: 'file:///etc/passwd' }],
    ['names keys with a password', { jwks_uri: 'http://a:b@127.0.0.1/' }],
  ])('goes by no document that %s', async (_what, document) => {
    const text = JSON.stringify({ issuer: issuer.url, ...document }).replace('KEYS', `${issuer.url}/keys`)
    issuer.answer = ({ url }, response) => response.end(url === '/keys' ? JSON.stringify({ keys: issuer.keys }) : text)
    await expect(ask(scheme(), withToken(await token()), context)).rejects.toMatchObject({
      code: 'PF_AUTH_UNAVAILABLE',
    })
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration'])
  })

  it('loads keys over https only, unless http is allowed', async () => {
    expect(() => openIdConnect({ issuer: issuer.url, audience })).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID' }),
    )
    const secure = openIdConnect({
      issuer: 'https://id.test',
      audience,
      url: 'https://id.test/.well-known/openid-configuration',
    })
    const asked: string[] = []
    const insecure = testContext(
      {},
      {
        fetch: async (url) => {
          asked.push(url)
          return Response.json({ issuer: 'https://id.test', jwks_uri: 'http://id.test/keys' })
        },
      },
    )
    const given = await signToken(ec, claims({ iss: 'https://id.test' }))
    await expect(ask(secure, withToken(given), insecure)).rejects.toMatchObject({ code: 'PF_AUTH_UNAVAILABLE' })
    expect(asked).toEqual(['https://id.test/.well-known/openid-configuration'])
  })
})

it('is for Node where it names an algorithm that components do not have', () => {
  const scheme = (algorithms?: string[]) =>
    jwtBearer({
      issuer: issuer.url,
      audience,
      keys: { jwks: { keys: [ec.publicJwk] } },
      ...(algorithms && { algorithms }),
    })
  for (const algorithms of [undefined, ['ES256', 'RS512']]) {
    expect(() => createAuthenticator([scheme(algorithms)], { target: 'wasm' })).not.toThrow()
  }
  for (const algorithms of [['EdDSA'], ['ES256', 'PS384']]) {
    expect(() => createAuthenticator([scheme(algorithms)], { target: 'wasm' })).toThrow(
      expect.objectContaining({ code: 'PF_TARGET_UNSUPPORTED', message: expect.stringContaining('"bearer"') }),
    )
    expect(() => createAuthenticator([scheme(algorithms)], { target: 'node' })).not.toThrow()
  }
})

it('stands on the card as a bearer token', () => {
  const scheme = jwtBearer({
    issuer: issuer.url,
    audience,
    keys: { jwks: { keys: [ec.publicJwk] } },
    name: 'jwt',
    scopes: ['a'],
  })
  expect(scheme).toMatchObject({
    name: 'jwt',
    scopes: ['a'],
    needs: { outbound: [] },
    card: { httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' } },
  })
})

it.each<[string, () => Partial<JwtOptions>]>([
  ['no audience', () => ({ audience: undefined as never })],
  ['an empty audience', () => ({ audience: [] })],
  ['an issuer with a fragment', () => ({ issuer: 'https://a#b' })],
  ['no issuer', () => ({ issuer: '' })],
  ['the algorithm none', () => ({ algorithms: ['none'] })],
  ['a secret algorithm with public keys', () => ({ algorithms: ['RS256', 'HS256'] })],
  ['a public algorithm with a secret', () => ({ keys: { secret: secret('HMAC') }, algorithms: ['RS256'] })],
  ['no algorithm', () => ({ algorithms: [] })],
  ['keys over http', () => ({ allowHttp: false })],
  ['keys at no URL', () => ({ keys: { url: 'keys' } })],
  ['keys with a password in the URL', () => ({ keys: { url: 'https://a:b@c.test' } })],
  ['a key set without keys', () => ({ keys: { jwks: { keys: [] } } })],
  ['a key set with a secret only', () => ({ keys: { jwks: { keys: [{ kty: 'oct', k: 'AA' }] } } })],
])('is refused itself with %s', (_what, options) => {
  expect(() => verifier(options())).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
})
