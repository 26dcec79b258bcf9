import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { secret } from '@pf-agents/agent-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testContext, type TestContext } from '../../test/context'
import { introspectedTokens, type IntrospectionOptions } from './introspection'

const issuer = 'https://id.test'
const asked: { authorization: string | undefined; body: string }[] = []
let answer: Record<string, unknown> = {}
let status = 200
let url: string
let context: TestContext

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
  request.on('end', () => {
    asked.push({ authorization: request.headers.authorization, body })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  asked.length = 0
  status = 200
  context = testContext({ CLIENT: 'p&ss wörd' })
  answer = { active: true, sub: 'alice', scope: 'a b', exp: context.clock.now() / 1000 + 60 }
})

const tokens = (options: Partial<IntrospectionOptions> = {}) =>
  introspectedTokens({ issuer, url, client: { id: 'agent:1', secret: secret('CLIENT') }, allowHttp: true, ...options })

describe('introspectedTokens', () => {
  it('asks as the client it is, in the form the RFC has', async () => {
    const { claims } = await tokens().verify('a+b=c', context)
    expect(claims).toEqual(answer)
    const basic = Buffer.from('agent%3A1:p%26ss+w%C3%B6rd').toString('base64')
    expect(asked).toEqual([{ authorization: `Basic ${basic}`, body: 'token=a%2Bb%3Dc&token_type_hint=access_token' }])
  })

  it.each<[string, object, string, Partial<IntrospectionOptions>?]>([
    ['not active', { active: false, sub: 'alice' }, 'not active'],
    ['active only as text', { active: 'true', sub: 'alice' }, 'not active'],
    ['of another issuer', { iss: 'https://evil.test' }, 'issuer'],
    ['for another audience', { aud: ['x'] }, 'audience', { audience: 'a' }],
    ['for no audience', {}, 'audience', { audience: 'a' }],
    ['over', { exp: 1 }, 'expired'],
    ['over, as text', { exp: '9999999999' }, 'expired'],
    ['not begun', { nbf: 9_999_999_999 }, 'not yet valid'],
  ])('refuses a token that is %s', async (_what, more, reason, options) => {
    answer = { ...answer, ...more }
    expect((await tokens(options).verify('t', context)).refused?.reason).toBe(reason)
  })

  it('takes one for one of the audiences, within the tolerance', async () => {
    answer = { ...answer, aud: ['x', 'b'], exp: context.clock.now() / 1000 - 29, iss: issuer }
    expect((await tokens({ audience: ['a', 'b'] }).verify('t', context)).claims).toBeDefined()
    expect((await tokens({ audience: 'b', clockToleranceSec: 0 }).verify('t', context)).refused).toBeDefined()
  })

  it('goes by an answer for ten seconds, and no longer than the token lives', async () => {
    const verifier = tokens()
    await Promise.all([verifier.verify('t', context), verifier.verify('t', context)])
    await context.clock.advance(9_999)
    await verifier.verify('t', context)
    expect(asked).toHaveLength(1)
    answer = { ...answer, active: false }
    await context.clock.advance(1)
    expect((await verifier.verify('t', context)).refused).toBeDefined()
    expect(asked).toHaveLength(2)

    answer = { active: true, sub: 'bob', exp: context.clock.now() / 1000 + 5 }
    expect((await verifier.verify('short', context)).claims).toBeDefined()
    await context.clock.advance(5_000)
    await verifier.verify('short', context)
    expect(asked).toHaveLength(4)
  })

  it('asks each time with a cache of 0, and remembers no more than it may', async () => {
    const fresh = tokens({ cacheMs: 0 })
    await fresh.verify('t', context)
    await fresh.verify('t', context)
    expect(asked).toHaveLength(2)
    const small = tokens({ cacheSize: 2 })
    for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await small.verify(token, context)
    expect(asked.slice(2).map(({ body }) => body.slice(6, 7))).toEqual(['a', 'b', 'c', 'b'])
  })

  it('says that it can not find out where the server fails, and shows neither token nor secret', async () => {
    status = 500
    const failed = await Promise.resolve(tokens().verify('t0ken-text', context)).catch(
      (error: unknown) => error as Error,
    )
    expect(failed).toMatchObject({ code: 'PF_AUTH_UNAVAILABLE', retryAfterMs: 5_000 })
    expect(`${String(failed)} ${JSON.stringify(failed)} ${String((failed as Error).cause)}`).not.toMatch(/t0ken|p&ss/)
    status = 200
    expect((await tokens().verify('t', context)).claims).toBeDefined()
  })

  it('needs its secret', async () => {
    await expect(tokens().verify('t', testContext())).rejects.toMatchObject({ code: 'PF_SECRET_MISSING' })
    expect(asked).toHaveLength(0)
    expect(tokens().needs).toEqual({ outbound: [new URL(url).origin], secrets: [secret('CLIENT')] })
  })

  it('refuses an address that is not https', () => {
    expect(() => tokens({ allowHttp: false })).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
  })
})
