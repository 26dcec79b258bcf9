// @node24-only: computes alone, on bytes in memory
// A key that is long in coming, or does not come: of those who give it one may be out, as of all peers.
import { getEventListeners } from 'node:events'
import { inspect } from 'node:util'
import { type LanguageModel, type ModelHost, secret } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read, sse } from '../../test/harness'
import { createOpenAiChat } from '../openai'
import type { ApiKey } from './api-key'
import { createFallbackModel } from './fallback-model'
import type { ModelOptions } from './model-options'

const never = new Promise<never>(() => {})
const body = sse({ choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] })

function setup(apiKey: ApiKey, options: Partial<ModelOptions> = {}, more: Partial<ModelHost> = {}) {
  const clock = createFakeClock()
  const start = clock.now()
  const host = { ...hostOf({ body }), ...more, clock }
  const model = createOpenAiChat({ model: 'm', apiKey, host, ...options })
  return {
    host,
    model,
    clock,
    waited: () => clock.now() - start,
    async finish(of: LanguageModel = model) {
      const reading = read(of)
      await clock.run()
      return reading
    },
  }
}

/** What comes of it where no key does, in the words of the test. */
const ways: Record<string, ApiKey> = {
  'throws at once': () => {
    throw new TypeError('fetch failed')
  },
  rejects: () => Promise.reject(new TypeError('fetch failed')),
  'rejects with nothing': () => Promise.reject(),
  hangs: () => never,
  'gives nothing': async () => undefined as unknown as string,
  'gives no text': async () => ({ token: 'tok' }) as unknown as string,
}

describe.each(Object.entries(ways))('a key function that %s', (_, way) => {
  const fails = (times: number) => {
    let asked = 0
    return {
      asked: () => asked,
      key: () => (asked++ < times ? (way as () => Promise<string>)() : 'tok'),
    }
  }

  it('is asked again for the next attempt', async () => {
    const { key, asked } = fails(2)
    const test = setup(key)
    const { parts, error } = await test.finish()
    expect([error, asked(), test.host.bodies.length]).toEqual([undefined, 3, 1])
    expect(parts.slice(0, 2)).toMatchObject([
      { type: 'retry', code: 'PF_MODEL_UNAVAILABLE' },
      { type: 'retry', code: 'PF_MODEL_UNAVAILABLE' },
    ])
    expect(new Headers(test.host.inits[0]?.headers).get('authorization')).toBe('Bearer tok')
    expect(test.clock.pending).toBe(0)
  })

  it('is an error with a code in the end; another model is asked', async () => {
    const { key, asked } = fails(9)
    const test = setup(key)
    expect((await test.finish()).error).toMatchObject({
      name: 'ModelError',
      code: 'PF_MODEL_UNAVAILABLE',
      message: expect.stringContaining('key'),
      retryable: true,
      modelId: 'm',
    })
    expect(asked()).toBe(3)
    const other = createOpenAiChat({ model: 'n', host: test.host })
    const { parts, error } = await test.finish(createFallbackModel([test.model, other]))
    expect(error).toBeUndefined()
    expect(parts.find(({ type }) => type === 'fallback')).toMatchObject({ code: 'PF_MODEL_UNAVAILABLE' })
    expect(test.clock.pending).toBe(0)
  })
})

describe('a key that does not come', () => {
  const waiting: [string, ApiKey, Partial<ModelHost>][] = [
    ['of a function', () => never, {}],
    ['of the host', secret('KEY'), { variables: { get: () => never } }],
  ]

  it.each(waiting)('is waited for as long as for headers: %s', async (_, key, more) => {
    const test = setup(key, { attempts: 1, timeouts: { headersMs: 100 } }, more)
    expect((await test.finish()).error).toMatchObject({
      code: 'PF_MODEL_UNAVAILABLE',
      cause: { code: 'PF_HTTP_TIMEOUT' },
    })
    expect(test.waited()).toBe(100)
  })

  it.each(waiting)('is waited for no longer than all: %s', async (_, key, more) => {
    const test = setup(key, { timeouts: { headersMs: 9_000, totalMs: 300 } }, more)
    expect((await test.finish()).error).toMatchObject({ code: 'PF_MODEL_UNAVAILABLE' })
    expect([test.waited(), test.clock.pending]).toEqual([300, 0])
  })

  it.each(waiting)('does not hold up an abort: %s', async (_, key, more) => {
    const test = setup(key, {}, more)
    const caller = new AbortController()
    const next = test.model
      .stream({ ...hello, signal: caller.signal })
      [Symbol.asyncIterator]()
      .next()
    const reason = new Error('stop')
    caller.abort(reason)
    await expect(next).rejects.toBe(reason)
    expect([getEventListeners(caller.signal, 'abort').length, test.clock.pending]).toEqual([0, 0])
  })

  it.each(waiting)('does not hold up return(): %s', async (_, key, more) => {
    const test = setup(key, {}, more)
    const parts = test.model.stream(hello)[Symbol.asyncIterator]()
    const next = parts.next().catch(() => {})
    expect(await parts.return?.()).toEqual({ done: true, value: undefined })
    await next
    expect([test.host.bodies.length, test.clock.pending]).toEqual([0, 0])
  })
})

it('tells of what a key function threw the names and codes alone', async () => {
  const cause = Object.assign(new Error('refused tok_1234567'), { code: 'ECONNREFUSED' })
  const test = setup(() => Promise.reject(new TypeError('for tok_1234567', { cause })), { attempts: 1 })
  const { error } = await test.finish()
  expect(error).toMatchObject({ cause: { name: 'TypeError', cause: { code: 'ECONNREFUSED' } } })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('tok_')
})

it('a secret without a value is a mistake of its own, and asked for once', async () => {
  let asked = 0
  const get = async () => void asked++
  const { error } = await setup(secret('KEY'), {}, { variables: { get } as never }).finish()
  expect(error).toMatchObject({ code: 'PF_SECRET_MISSING', details: { secret: 'KEY' } })
  expect(asked).toBe(1)
})

it.each([
  ['a number that JSON has not', 1n],
  [
    'a circle',
    (() => {
      const circle: { self?: unknown } = {}
      circle.self = circle
      return circle
    })(),
  ],
])('options that are no JSON are no request: %s', async (_, value) => {
  let asked = 0
  const test = setup(() => `${asked++}`, { providerOptions: { user: value } } as object)
  const { parts, error } = await test.finish()
  expect(error).toMatchObject({ code: 'PF_MODEL_REQUEST_INVALID', retryable: false })
  expect((error as Error).message).toContain('providerOptions')
  expect([parts, asked, test.host.bodies.length, test.waited(), test.clock.pending]).toEqual([[], 0, 0, 0, 0])
})

it.each(['https://user:pa55word@h.example/v1', 'https://user@h.example/v1', 'https://a:pa55word@/v1', 'nowhere'])(
  'an address is one, and holds no password: %s',
  (baseUrl) => {
    let error: unknown
    try {
      createOpenAiChat({ model: 'm', baseUrl })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'PF_CONFIG_INVALID' })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('pa55word')
  },
)
