import { createHash } from 'node:crypto'
import { secret } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { ask, request, testContext } from '../../test/context'
import { apiKey } from './api-key'

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const accept = {
  plain: 'plain-key',
  hashed: digest('hashed-key'),
  named: secret('CI_KEY'),
  scoped: { credential: digest('scoped-key'), scopes: ['a', 'b'], tenant: 't' },
}
const context = testContext({ CI_KEY: 'secret-key' })
const scheme = apiKey({ accept })
const asked = (key: string) => ask(scheme, request({ 'x-api-key': key }), context)

const nobody = (): undefined => undefined

describe('apiKey', () => {
  it.each([
    ['plain-key', { id: 'plain' }],
    ['hashed-key', { id: 'hashed' }],
    ['secret-key', { id: 'named' }],
    ['scoped-key', { id: 'scoped', scopes: ['a', 'b'], tenant: 't' }],
  ])('lets in %s', async (key, principal) => {
    expect(await asked(key)).toEqual({ principal })
  })

  it.each(['wrong', 'plain-ke', 'plain-keyy', 'PLAIN-KEY', digest('hashed-key'), 'CI_KEY'])(
    'refuses %j',
    async (key) => {
      expect(await asked(key)).toEqual({ refused: { error: 'invalid_token', reason: 'unknown key' } })
    },
  )

  it('finds nothing to judge where there is no key', async () => {
    expect(await ask(scheme, request(), context)).toBeUndefined()
    expect(await ask(scheme, request({ authorization: 'plain-key' }), context)).toBeUndefined()
  })

  it.each<[string, Request]>([
    ['an empty one', request({ 'x-api-key': '' })],
    [
      'one that comes twice',
      request([
        ['x-api-key', 'plain-key'],
        ['x-api-key', 'plain-key'],
      ]),
    ],
    ['one with a blank', request({ 'x-api-key': 'plain key' })],
    ['one of 9,000 characters', request({ 'x-api-key': 'k'.repeat(9000) })],
    ['one that is not ASCII', request({ 'x-api-key': 'plain-kéy' })],
  ])('refuses %s without looking at it', async (_what, given) => {
    const strict = apiKey({ verify: () => ({ id: 'anybody' }) })
    expect(await ask(strict, given, context)).toEqual({ refused: { error: 'invalid_request', reason: 'key' } })
  })

  it('lets nobody in by a secret that is not set, or empty', async () => {
    for (const empty of [testContext(), testContext({ CI_KEY: '' })]) {
      for (const key of ['undefined', 'null', ' ']) {
        const result = await ask(scheme, request({ 'x-api-key': key }), empty)
        expect(result?.principal).toBeUndefined()
      }
    }
  })

  it.each([
    ['query' as const, (url: string) => request({}, url)],
    ['cookie' as const, (url: string) => request({ cookie: new URL(url).search.slice(1).replaceAll('&', '; ') })],
  ])('reads a %s, and refuses two', async (location, make) => {
    const other = apiKey({ accept, location, key: 'token' })
    expect(await ask(other, make('https://a.test/?x=1&token=plain-key'), context)).toEqual({
      principal: { id: 'plain' },
    })
    expect(await ask(other, make('https://a.test/?xtoken=plain-key'), context)).toBeUndefined()
    const twice = await ask(other, make('https://a.test/?token=plain-key&token=other'), context)
    expect(twice).toEqual({ refused: { error: 'invalid_request', reason: 'key' } })
  })

  it('refuses line ends in a query', async () => {
    const other = apiKey({ verify: () => ({ id: 'anybody' }), location: 'query', key: 'k' })
    const result = await ask(other, request({}, 'https://a.test/?k=a%0d%0aX-Admin:1'), context)
    expect(result).toEqual({ refused: { error: 'invalid_request', reason: 'key' } })
  })

  it('is card entry, challenge and needs in one', () => {
    expect(scheme.card).toEqual({ apiKeySecurityScheme: { location: 'header', name: 'X-API-Key' } })
    expect(scheme.challenge(undefined)).toBe('ApiKey in="header", name="X-API-Key"')
    expect(scheme.challenge({ error: 'invalid_token', reason: 'unknown key' })).toMatch(/, error="invalid_token"$/)
    expect(scheme.needs).toEqual({ secrets: ['CI_KEY'] })
    expect(JSON.stringify(scheme)).not.toContain('plain-key')
  })

  it.each([
    [{ verify: nobody, key: 'X Key' }, '"key" must be'],
    [{ verify: nobody, key: 'X\r\nY' }, '"key" must be'],
    [{ accept: {} }, 'names nobody'],
    [{ accept: { a: 'sha256:12' } }, '64 hex digits'],
    [{ verify: nobody, scopes: ['a b'] }, 'is no scope'],
  ])('is refused itself with %j', (options, message) => {
    expect(() => apiKey(options)).toThrow(
      expect.objectContaining({ code: 'PF_CONFIG_INVALID', message: expect.stringContaining(message) }),
    )
  })
})
