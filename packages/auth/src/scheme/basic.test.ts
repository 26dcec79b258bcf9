import { secret } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { ask, request, testContext } from '../../test/context'
import { basic } from './basic'

const context = testContext({ ALICE: 'pass:word' })
const scheme = basic({ accept: { alice: secret('ALICE'), bób: 'geheim' } })
const given = (pair: string | Uint8Array) => request({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })

describe('basic', () => {
  it('lets in a user with the password of that user', async () => {
    expect(await ask(scheme, given('alice:pass:word'), context)).toEqual({ principal: { id: 'alice' } })
    expect(await ask(scheme, given('bób:geheim'), context)).toEqual({ principal: { id: 'bób' } })
  })

  it.each(['alice:geheim', 'bób:pass:word', 'alice:', 'eve:pass:word', ':', 'nobody:', '__proto__:x'])(
    'refuses %j',
    async (pair) => {
      expect(await ask(scheme, given(pair), context)).toEqual({
        refused: { error: 'invalid_token', reason: 'unknown user or password' },
      })
    },
  )

  it.each<[string, Request]>([
    ['no colon', given('alice')],
    ['no UTF-8', given(Uint8Array.of(0xff, 0x3a, 0x61))],
    ['no base64', request({ authorization: 'Basic ***' })],
    ['two', request({ authorization: 'Basic YTpi, Basic YTpi' })],
    ['nothing', request({ authorization: 'Basic' })],
  ])('refuses %s as malformed', async (_what, malformed) => {
    expect(await ask(scheme, malformed, context)).toEqual({ refused: { error: 'invalid_request', reason: 'basic' } })
  })

  it('asks a function', async () => {
    const own = basic({ verify: (user, password) => (user === password ? { id: `u:${user}` } : undefined), realm: 'r' })
    expect(await ask(own, given('a:a'), context)).toEqual({ principal: { id: 'u:a' } })
    expect((await ask(own, given('a:b'), context))?.refused).toBeDefined()
    expect(own.challenge(undefined)).toBe('Basic realm="r", charset="UTF-8"')
    expect(await ask(own, request({ authorization: 'Bearer a' }), context)).toBeUndefined()
  })
})
