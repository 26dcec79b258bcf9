import { secret } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { ask, request, testContext, withToken } from '../../test/context'
import type { TokenVerifier } from '../token/token-verifier'
import { bearer } from './bearer'
import { oauth2 } from './oauth2'
import { openIdConnectScheme } from './open-id-connect'
import { refuse } from './refusal'

const context = testContext({ TOKEN: 'good-token' })

describe('bearer', () => {
  const scheme = bearer({ accept: { ci: secret('TOKEN') } })

  it.each(['Bearer good-token', 'bearer good-token', 'BEARER   good-token  '])('takes %j', async (authorization) => {
    expect(await ask(scheme, request({ authorization }), context)).toEqual({ principal: { id: 'ci' } })
  })

  it.each(['', 'Basic Z29vZA==', 'Bearers good-token', 'good-token'])('finds no token in %j', async (authorization) => {
    expect(await ask(scheme, request({ authorization }), context)).toBeUndefined()
  })

  it.each([
    ['Bearer', 'empty'],
    ['Bearer good token', 'characters'],
    ['Bearer good-token, Bearer good-token', 'more than one'],
    [`Bearer ${'a'.repeat(9000)}`, 'too long'],
    [`Bearer ${'a'.repeat(8193)}`, 'characters'],
  ])('refuses %j as malformed', async (authorization, reason) => {
    const anybody = bearer({ verify: () => ({ id: 'anybody' }) })
    expect(await ask(anybody, request({ authorization }), context)).toEqual({
      refused: { error: 'invalid_request', reason },
    })
  })

  it('refuses headers that come twice', async () => {
    const given = request([
      ['authorization', 'Bearer good-token'],
      ['authorization', 'Bearer other'],
    ])
    expect(await ask(scheme, given, context)).toEqual({
      refused: { error: 'invalid_request', reason: 'more than one' },
    })
  })

  it('says by its challenge what is wrong', () => {
    const full = bearer({
      verify: () => undefined,
      scopes: ['a', 'b'],
      realm: 'x"y',
      resourceMetadata: 'https://a.test/m',
    })
    expect(full.challenge(undefined)).toBe('Bearer realm="x\\"y", scope="a b", resource_metadata="https://a.test/m"')
    expect(scheme.challenge(undefined)).toBe('Bearer')
    expect(scheme.challenge(refuse('expired', 'The access token expired').refused)).toBe(
      'Bearer error="invalid_token", error_description="The access token expired"',
    )
    const odd = bearer({ verify: () => undefined, realm: 'a\r\nX: é' })
    expect(odd.challenge(undefined)).toBe('Bearer realm="a??X: ?"')
  })

  it('has its card entry', () => {
    expect(bearer({ verify: () => undefined, format: 'opaque', description: 'Ask Ann' }).card).toEqual({
      httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'opaque', description: 'Ask Ann' },
    })
  })
})

describe('schemes with a verifier of tokens', () => {
  const claims = {
    sub: 'alice',
    scope: 'read write read',
    tid: 'acme',
    email: 'a@acme.test',
    roles: ['admin', 7, ''],
    client_id: 'cli',
  }
  const tokens: TokenVerifier = {
    issuer: 'https://id.test',
    needs: { outbound: ['https://id.test'] },
    verify: (token) => (token === 'good' ? { claims } : token === 'nobody' ? { claims: {} } : refuse('expired')),
  }

  it.each([
    [undefined, { id: 'https://id.test#alice', scopes: ['read', 'write'] }],
    [
      { scopes: ['roles'], tenant: 'tid', keep: ['email', 'none'] },
      { id: 'https://id.test#alice', scopes: ['admin'], tenant: 'acme', claims: { email: 'a@acme.test' } },
    ],
    [{ id: 'client_id', scopes: ['none', 'toString'] }, { id: 'https://id.test#cli' }],
    [() => ({ id: 'me' }), { id: 'me' }],
  ])('makes a principal by %j', async (principal, expected) => {
    const scheme = bearer({ tokens, ...(principal && { principal }) })
    expect(await ask(scheme, withToken('good'), context)).toEqual({ principal: expected })
  })

  it.each([undefined, { id: 'scope2' }, () => undefined])('refuses a token of nobody (%j)', async (principal) => {
    const scheme = bearer({ tokens, ...(principal && { principal }) })
    expect(await ask(scheme, withToken('nobody'), context)).toEqual(refuse('no subject'))
  })

  it.each(['', 7, null, 'x'.repeat(513), ['alice']])('refuses the subject %j', async (sub) => {
    const odd: TokenVerifier = { issuer: 'i', verify: () => ({ claims: { sub } }) }
    expect(await ask(bearer({ tokens: odd }), withToken('t'), context)).toEqual(refuse('no subject'))
  })

  it('keeps callers of two issuers apart', async () => {
    const id = async (issuer: string) =>
      (await ask(bearer({ tokens: { ...tokens, issuer } }), withToken('good'), context))?.principal?.id
    expect(await id('https://one.test')).not.toBe(await id('https://two.test'))
  })

  it('hands on why a token is not good', async () => {
    expect(await ask(bearer({ tokens }), withToken('old'), context)).toEqual(refuse('expired'))
  })

  it('stands on the card as OAuth 2 or OpenID Connect', () => {
    const flows = { clientCredentials: { tokenUrl: 'https://id.test/token', scopes: { read: 'Read' } } }
    const scheme = oauth2({ flows, tokens, scopes: ['read'], metadataUrl: 'https://id.test/m', description: 'd' })
    expect(scheme).toMatchObject({
      name: 'oauth2',
      scopes: ['read'],
      needs: { outbound: ['https://id.test'] },
      card: { oauth2SecurityScheme: { flows, oauth2MetadataUrl: 'https://id.test/m', description: 'd' } },
    })
    expect(openIdConnectScheme({ url: 'https://id.test/.well-known/openid-configuration', tokens }).card).toEqual({
      openIdConnectSecurityScheme: { openIdConnectUrl: 'https://id.test/.well-known/openid-configuration' },
    })
  })
})
