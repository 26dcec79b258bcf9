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

describe('a clock that was ahead and is set right', () => {
  it('makes no keys younger: they are loaded anew, and new ones are found', async () => {
    let ahead = 3_600_000
    const { clock } = context
    const using = { ...context, clock: { ...clock, now: () => clock.now() + ahead } }
    const tokens = verifier()
    expect(await outcome(tokens, await token(first), using)).toBe('good')
    ahead = 0
    issuer.keys = [second.publicJwk]
    expect(await outcome(tokens, await token(second), using)).toBe('good')
    expect(await outcome(tokens, await token(first), using)).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect(issuer.loads).toBe(2)
  })

  it('lets known keys go on while the issuer does not answer, for no longer than they may', async () => {
    let ahead = 3_600_000
    const { clock } = context
    const using = { ...context, clock: { ...clock, now: () => clock.now() + ahead } }
    const tokens = verifier()
    const given = await token(first)
    expect(await outcome(tokens, given, using)).toBe('good')
    ahead = 0
    issuer.answer = (_request, response) => response.destroy()
    expect(await outcome(tokens, given, using)).toBe('good')
    await clock.advance(3_000_001)
    await expect(tokens.verify(given, using)).rejects.toMatchObject({ code: 'PF_AUTH_UNAVAILABLE' })
  })
})

describe('an issuer that fails', () => {
  const unavailable = { code: 'PF_AUTH_UNAVAILABLE', retryAfterMs: 5_000 }

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

describe('an issuer that does not answer while its keys are known', () => {
  const silent: TestIssuer['answer'] = () => {}
  /** A token that is found good at once: nobody moves the clock. */
  const atOnce = async (tokens: ReturnType<typeof verifier>, given: string, using: AuthContext = context) =>
    expect(await outcome(tokens, given, using)).toBe('good')
  /** One that makes the issuer be asked, and is found good a quarter of a second later. */
  const afterAMoment = async (tokens: ReturnType<typeof verifier>, given: string, using: AuthContext = context) => {
    let isFound = false
    const found = outcome(tokens, given, using).finally(() => (isFound = true))
    // The limit of the load, and that of the wait.
    await expect.poll(() => context.clock.pending, { timeout: 20_000 }).toBe(2)
    await context.clock.advance(249)
    expect(isFound).toBe(false)
    await context.clock.advance(1)
    expect(await found).toBe('good')
    expect(context.clock.pending).toBe(1)
  }
  const aged = async () => {
    const tokens = verifier()
    const given = await token(first)
    expect(await outcome(tokens, given)).toBe('good')
    issuer.answer = silent
    await context.clock.advance(600_000)
    return { tokens, given }
  }

  it('holds a request up for a moment, and those behind it not at all', async () => {
    const { tokens, given } = await aged()
    await afterAMoment(tokens, given)
    await Promise.all(Array.from({ length: 20 }, () => atOnce(tokens, given)))
    await context.clock.advance(100)
    await atOnce(tokens, given)
    // All that is left is the one load with its limit.
    expect(context.clock.pending).toBe(1)
    expect(issuer.loads).toBe(2)
  })

  it('is let be for five seconds after each try, not from its beginning', async () => {
    const { tokens, given } = await aged()
    await afterAMoment(tokens, given)
    await context.clock.advance(4_750)
    // The load is given up now. No other begins within five seconds.
    expect(context.clock.pending).toBe(0)
    await context.clock.advance(4_999)
    await atOnce(tokens, given)
    expect(issuer.loads).toBe(2)
    expect(context.logged.filter((line) => line.includes('could not be loaded anew'))).toHaveLength(1)
    await context.clock.advance(1)
    await afterAMoment(tokens, given)
  })

  it('is answered late, and its new keys count from then on', async () => {
    const { tokens, given } = await aged()
    let late: (() => void) | undefined
    issuer.answer = (_request, response) => {
      late = () => response.end(JSON.stringify({ keys: [second.publicJwk] }))
    }
    await afterAMoment(tokens, given)
    await expect.poll(() => late, { timeout: 20_000 }).toBeDefined()
    late?.()
    await expect.poll(() => context.clock.pending, { timeout: 20_000 }).toBe(0)
    expect(await outcome(tokens, await token(second))).toBe('good')
    expect(await outcome(tokens, given)).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect(issuer.loads).toBe(2)
  })

  it('is asked no more when the app is closed', async () => {
    const closing = new AbortController()
    context = { ...context, signal: closing.signal }
    const { tokens, given } = await aged()
    await afterAMoment(tokens, given)
    closing.abort()
    await context.clock.settle()
    expect(context.clock.pending).toBe(0)
    expect(context.logged.join()).not.toContain('could not be loaded anew')
  })

  it('is waited for where its keys are too old', async () => {
    const { tokens, given } = await aged()
    await context.clock.advance(3_600_000)
    const begun = context.clock.now()
    await expect(context.clock.until(Promise.resolve(tokens.verify(given, context)))).rejects.toMatchObject({
      code: 'PF_AUTH_UNAVAILABLE',
    })
    expect(context.clock.now() - begun).toBe(5_000)
  })

  it('holds up one request of a component, whose host is kept going for the load', async () => {
    const works: Promise<unknown>[] = []
    const keyValue = createMemoryKeyValue()
    const component = { ...context, keyValue, waitUntil: (work: Promise<unknown>) => void works.push(work) }
    const given = await token(first)
    expect(await outcome(verifier(), given, component)).toBe('good')
    issuer.answer = silent
    await context.clock.advance(600_000)
    works.length = 0
    await afterAMoment(verifier(), given, component)
    expect(works).toHaveLength(1)
    // Each of these has nothing but the store. They neither wait nor load.
    for (let count = 0; count < 3; count++) await atOnce(verifier(), given, component)
    expect(await outcome(verifier(), await token(second), component)).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect([issuer.loads, works.length]).toEqual([2, 1])
    let isOver = false
    void works[0]?.then(() => (isOver = true))
    await context.clock.advance(4_000)
    expect(isOver).toBe(false)
    await context.clock.advance(750)
    expect([isOver, context.clock.pending]).toEqual([true, 0])
    await context.clock.advance(4_999)
    await atOnce(verifier(), given, component)
    expect(issuer.loads).toBe(2)
    await context.clock.advance(1)
    issuer.answer = undefined
    expect(await outcome(verifier(), given, component)).toBe('good')
    expect(issuer.loads).toBe(3)
    const kept = (await keyValue.get(`auth/keys/${encodeURIComponent(`${issuer.url}/keys`)}`))?.value
    expect(kept).toEqual({ at: context.clock.now(), keys: { keys: [first.publicJwk] } })
  })

  it.each([4e12, 'x', -1, null])('is asked where another says that it rests until %j', async (restUntil) => {
    const keyValue = createMemoryKeyValue()
    const keys = { keys: [first.publicJwk] } as never
    const at = context.clock.now() - 600_000
    await keyValue.set(`auth/keys/${encodeURIComponent(`${issuer.url}/keys`)}`, { at, keys, restUntil })
    expect(await outcome(verifier(), await token(first), { ...context, keyValue })).toBe('good')
    expect(issuer.loads).toBe(1)
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

  const unavailable = { code: 'PF_AUTH_UNAVAILABLE' }
  /** What several instances come to that ask at the same time, none of which waits for anything but the machine. */
  const atOnce = async (component: AuthContext, given: string, count: number): Promise<Record<string, number>> => {
    const outcomes = await Promise.all(
      Array.from({ length: count }, () => instance(component, given).catch((error: { code: string }) => error.code)),
    )
    return Object.fromEntries([...new Set(outcomes)].map((one) => [one, outcomes.filter((it) => it === one).length]))
  }

  it('an issuer that hangs before its keys are known is waited for by one, then by one of many every five seconds', async () => {
    issuer.answer = () => {}
    const keyValue = createMemoryKeyValue()
    const component = { ...context, keyValue }
    const given = await token(first)
    const forged = await token(second, 'one')
    const waits = async () => {
      const found = instance(component, given)
      await expect(context.clock.until(found)).rejects.toMatchObject(unavailable)
    }
    await waits()
    expect(await atOnce(component, given, 10)).toEqual({ PF_AUTH_UNAVAILABLE: 10 })
    await context.clock.advance(4_999)
    expect(await atOnce(component, forged, 10)).toEqual({ PF_AUTH_UNAVAILABLE: 10 })
    expect(issuer.loads).toBe(1)
    await context.clock.advance(1)
    // One of twenty is at it; the others have their answer meanwhile.
    let left = 20
    const some = Array.from({ length: 20 }, () =>
      instance(component, given)
        .catch((error: { code: string }) => error.code)
        .finally(() => left--),
    )
    await expect.poll(() => left, { timeout: 20_000 }).toBe(1)
    await context.clock.advance(5_000)
    expect(new Set(await Promise.all(some))).toEqual(new Set(['PF_AUTH_UNAVAILABLE']))
    expect(issuer.loads).toBe(2)
    await context.clock.advance(5_000)
    issuer.answer = undefined
    expect(await instance(component, given)).toBe('good')
    expect(await atOnce(component, given, 10)).toEqual({ good: 10 })
    expect(issuer.loads).toBe(3)
  })

  it('whoever goes away while it waits has found nothing out', async () => {
    issuer.answer = () => {}
    const keyValue = createMemoryKeyValue()
    const component = { ...context, keyValue }
    const given = await token(first)
    await expect(context.clock.until(instance(component, given))).rejects.toMatchObject(unavailable)
    await context.clock.advance(5_000)
    const leaving = new AbortController()
    const gone = instance({ ...component, signal: leaving.signal }, given).catch(
      (error: { code: string }) => error.code,
    )
    await expect.poll(() => issuer.loads, { timeout: 20_000 }).toBe(2)
    leaving.abort()
    expect(await gone).toBe('PF_AUTH_UNAVAILABLE')
    issuer.answer = undefined
    expect(await instance(component, given)).toBe('good')
  })

  it('an issuer that hangs until its keys are too old holds up one, not each', async () => {
    const component = { ...context, keyValue: createMemoryKeyValue() }
    const given = await token(first)
    expect(await instance(component, given)).toBe('good')
    issuer.answer = () => {}
    await context.clock.advance(3_600_000)
    await expect(context.clock.until(instance(component, given))).rejects.toMatchObject(unavailable)
    expect(await atOnce(component, given, 10)).toEqual({ PF_AUTH_UNAVAILABLE: 10 })
    expect(issuer.loads).toBe(2)
  })

  it('keys that are no longer fresh are loaded by one of many', async () => {
    const component = { ...context, keyValue: createMemoryKeyValue() }
    const given = await token(first)
    expect(await instance(component, given)).toBe('good')
    await context.clock.advance(600_000)
    expect(await atOnce(component, given, 50)).toEqual({ good: 50 })
    expect(issuer.loads).toBe(2)
  })

  it('keys are loaded where the store has no compare-and-set', async () => {
    const keyValue = { ...createMemoryKeyValue(), compareAndSet: () => Promise.reject(new Error('not in this world')) }
    const component = { ...context, keyValue }
    const given = await token(first)
    expect(await instance(component, given)).toBe('good')
    await context.clock.advance(600_000)
    expect(await instance(component, given)).toBe('good')
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
