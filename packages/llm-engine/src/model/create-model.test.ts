import { getEventListeners } from 'node:events'
import { inspect } from 'node:util'
import { type LanguageModel, type ModelHost, PfError, secret } from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read, sse, type Stored } from '../../test/harness'
import { ModelError } from '../error/model-error'
import { createOpenAiChat } from '../openai/openai-chat'
import { generate } from '../reply/generate'
import { createFallbackModel } from './fallback-model'
import type { ModelOptions } from './model-options'

const text = (content: string): object => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
const ok: Stored = { body: sse(text('ok'), end) }
const refusal = (status: number, headers: Record<string, string> = {}, body = '{"error":{"message":"x"}}'): Stored => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body,
})

function setup(answers: readonly Stored[], options: Partial<ModelOptions> = {}) {
  const clock = createFakeClock()
  const start = clock.now()
  const host = { ...hostOf(answers), clock, random: createSeededRandom(1) }
  const model = createOpenAiChat({ model: 'm', host, ...options })
  return { clock, host, model, waited: () => clock.now() - start }
}

async function finish(test: ReturnType<typeof setup>, model: LanguageModel = test.model) {
  const reading = read(model)
  await test.clock.run()
  return reading
}

describe('attempts', () => {
  it.each([
    [429, {}],
    [500, {}],
    [503, {}],
    [529, {}],
    [408, {}],
    [400, { 'x-should-retry': 'true' }],
  ])('asks again after %s %o, and says so', async (status, headers) => {
    const test = setup([refusal(status, headers), refusal(status, headers), ok])
    const { parts, error } = await finish(test)
    expect(error).toBeUndefined()
    expect(test.host.bodies).toHaveLength(3)
    expect(parts.filter(({ type }) => type === 'retry')).toMatchObject([{ attempt: 1 }, { attempt: 2 }])
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finish: { reason: 'stop' } })
    expect(test.clock.pending).toBe(0)
  })

  it.each([
    [400, {}, undefined, 'PF_MODEL_REQUEST_INVALID'],
    [401, {}, undefined, 'PF_MODEL_AUTH'],
    [402, {}, undefined, 'PF_MODEL_QUOTA'],
    [403, {}, undefined, 'PF_MODEL_AUTH'],
    [413, {}, undefined, 'PF_MODEL_CONTEXT_LENGTH'],
    [400, {}, '{"error":{"message":"x","code":"context_length_exceeded"}}', 'PF_MODEL_CONTEXT_LENGTH'],
    [400, {}, '{"error":{"message":"maximum context length is 5"}}', 'PF_MODEL_CONTEXT_LENGTH'],
    [400, {}, '{"error":{"message":"x","code":"content_filter"}}', 'PF_MODEL_CONTENT_FILTER'],
    [429, {}, '{"error":{"message":"x","code":"insufficient_quota"}}', 'PF_MODEL_QUOTA'],
    [500, { 'x-should-retry': 'false' }, undefined, 'PF_MODEL_UNAVAILABLE'],
    [429, { 'retry-after': '61' }, undefined, 'PF_MODEL_RATE_LIMITED'],
  ])('does not ask again after %s %o %s', async (status, headers, body, code) => {
    const test = setup([refusal(status, headers, body)])
    const { parts, error } = await finish(test)
    expect(parts).toEqual([])
    expect(test.host.bodies).toHaveLength(1)
    expect(error).toMatchObject({ name: 'ModelError', code, httpStatus: status, provider: 'openai', modelId: 'm' })
  })

  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after-ms': '1500', 'retry-after': '7' }, 1500],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after-ms': 'NaN' }, 0],
  ])('waits as long as %o asks', async (headers, ms) => {
    const test = setup([refusal(429, headers), ok])
    const { parts } = await finish(test)
    const [first] = parts
    expect(first?.type === 'retry' && first.delayMs).toBeGreaterThanOrEqual(ms)
    expect(first?.type === 'retry' && first.delayMs).toBeLessThan(ms + 500)
    expect(test.waited()).toBeGreaterThanOrEqual(ms)
  })

  it('does not repeat a key that the provider repeats', async () => {
    const apiKey = 'sk-0123456789'
    const body = `{"error":{"message":"Incorrect API key provided: ${apiKey}. Find yours.","code":"invalid_api_key"}}`
    const { error } = await finish(setup([refusal(401, {}, body)], { apiKey }))
    expect(error).toMatchObject({ providerMessage: 'Incorrect API key provided: [key]. Find yours.' })
  })

  const key = 'sk-0123456789'
  const repeated = { error: { message: `Bad key ${key}`, code: `no_${key}` } }
  it.each<[string, Stored]>([
    ['an event', { body: sse(repeated) }],
    ['an event behind output', { body: sse({ choices: [{ index: 0, delta: { content: 'a' } }] }, repeated) }],
    ['JSON', { body: JSON.stringify(repeated), headers: { 'content-type': 'application/json' } }],
    ['broken JSON', { body: `Bad key ${key}`, headers: { 'content-type': 'application/json' } }],
    ['a broken event', { body: sse(`Bad key ${key}`, 'x') }],
    ['a page', { body: `<p>${' '.repeat(2030)}Bad key ${key}`, headers: { 'content-type': 'text/html' } }],
  ])('does not repeat a key that came with status 200 in %s', async (_, answer) => {
    const { error } = await finish(setup([answer], { apiKey: key, attempts: 1 }))
    expect(error).toMatchObject({ name: 'ModelError', providerMessage: expect.stringContaining('Bad k') })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(key.slice(0, 5))
  })

  it('waits as long as RetryInfo asks', async () => {
    const body =
      '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"RetryInfo","retryDelay":"12.5s"}]}}'
    const test = setup([refusal(429, {}, body), ok])
    await finish(test)
    expect(test.waited()).toBeGreaterThanOrEqual(12_500)
  })

  it('gives up after its attempts, with the last error', async () => {
    const test = setup([refusal(500), refusal(503), refusal(529, { 'x-request-id': 'r9' })])
    const { error } = await finish(test)
    expect(error).toMatchObject({ code: 'PF_MODEL_OVERLOADED', httpStatus: 529, requestId: 'r9', retryable: true })
    expect(test.host.bodies).toHaveLength(3)
  })

  it('asks again after a stream that broke before any output, never after', async () => {
    const role = { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }
    const early = setup([
      { body: sse(role), cut: true },
      { body: sse(role, { error: { message: 'x', code: 500 } }) },
      ok,
    ])
    expect((await finish(early)).parts.at(-1)).toMatchObject({ type: 'finish' })
    const late = setup([{ body: sse(role, text('a')), cut: true }, ok])
    const { error } = await finish(late)
    expect(error).toMatchObject({
      code: 'PF_MODEL_INTERRUPTED',
      retryable: false,
      cause: { code: 'PF_MODEL_UNAVAILABLE' },
    })
    expect(late.host.bodies).toHaveLength(1)
  })

  it('keeps what had come in the error of a whole answer', async () => {
    const test = setup([{ body: sse(text('Hel'), text('lo')), cut: true }])
    const error = await generate(test.model, hello).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ModelError)
    expect((error as ModelError).partial).toMatchObject({
      text: 'Hello',
      finish: { reason: 'interrupted', complete: false },
    })
  })

  it('does not tell the caller what the provider said', async () => {
    const { error } = await finish(setup([refusal(401, {}, '{"error":{"message":"bad key sk-123"}}')]))
    expect((error as ModelError).providerMessage).toBe('bad key sk-123')
    expect(JSON.stringify([(error as ModelError).message, (error as ModelError).details])).not.toContain('sk-123')
  })
})

/** A host that answers headers or bodies as late as it likes. */
function slow(answer: (signal: AbortSignal) => Promise<Response>) {
  const clock = createFakeClock()
  const signals: AbortSignal[] = []
  const host: ModelHost = {
    clock,
    random: createSeededRandom(1),
    fetch: (_url, init) => {
      signals.push(init?.signal as AbortSignal)
      return answer(init?.signal as AbortSignal)
    },
  }
  return { clock, host, signals }
}

const silent = (...frames: string[]): Promise<Response> =>
  Promise.resolve(
    new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => frames.forEach((frame) => controller.enqueue(new TextEncoder().encode(frame))),
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    ),
  )

describe('timers', () => {
  it.each([
    ['headers', () => new Promise<Response>(() => {}), 30_000],
    ['first', (): Promise<Response> => silent(sse({ choices: [] })), 120_000],
    ['idle', (): Promise<Response> => silent(sse({ choices: [] })), 60_000],
  ])('ends a wait for %s', async (phase, answer, ms) => {
    const { clock, host, signals } = slow(answer)
    const timeouts = phase === 'first' ? { idleMs: Number.POSITIVE_INFINITY } : {}
    const start = clock.now()
    const reading = read(createOpenAiChat({ model: 'm', host, attempts: 1, timeouts }))
    await clock.run()
    expect((await reading).error).toMatchObject({ code: 'PF_MODEL_TIMEOUT', details: { phase, ms }, retryable: true })
    expect(clock.now() - start).toBe(ms)
    expect(signals[0]?.aborted).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('counts comments as life, but not for ever', async () => {
    const { clock, host } = slow((signal) => {
      const beat = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        if (signal.aborted) return
        controller.enqueue(new TextEncoder().encode(': ping\n\n'))
        clock.after(30_000, () => beat(controller))
      }
      return Promise.resolve(
        new Response(new ReadableStream<Uint8Array>({ start: beat }), {
          headers: { 'content-type': 'text/event-stream' },
        }),
      )
    })
    const reading = read(createOpenAiChat({ model: 'm', host, attempts: 1 }))
    await clock.advance(119_000)
    await clock.run()
    expect((await reading).error).toMatchObject({ code: 'PF_MODEL_TIMEOUT', details: { phase: 'first' } })
  })

  it('shares one bound among all attempts', async () => {
    const test = setup([refusal(429, { 'retry-after': '20' })], { timeouts: { totalMs: 50_000 } })
    const { error } = await finish(test)
    expect(error).toMatchObject({ code: 'PF_MODEL_RATE_LIMITED' })
    expect(test.waited()).toBeLessThanOrEqual(50_000)
    expect(test.host.bodies.length).toBe(3)
    const short = setup([refusal(429, { 'retry-after': '20' })], { timeouts: { totalMs: 15_000 } })
    await finish(short)
    expect(short.host.bodies).toHaveLength(1)
  })
})

describe('abort', () => {
  it('ends everything with the reason of the signal, and leaves nothing behind', async () => {
    const reason = new Error('enough')
    const cases: [string, (abort: () => void) => { clock: ReturnType<typeof createFakeClock>; host: ModelHost }][] = [
      ['in headers', (abort) => slow(() => (abort(), new Promise<Response>(() => {})))],
      ['before output', (abort) => slow(() => (setTimeout(abort, 5), silent(': ping\n\n')))],
      ['in the middle', (abort) => slow(() => (setTimeout(abort, 5), silent(sse(text('a')))))],
      ['in a wait', (abort) => slow(async () => (setTimeout(abort, 5), new Response('{}', { status: 500 })))],
    ]
    for (const [, make] of cases) {
      const controller = new AbortController()
      const { clock, host } = make(() => controller.abort(reason))
      const { error } = await read(createOpenAiChat({ model: 'm', host }), { ...hello, signal: controller.signal })
      expect(error).toBe(reason)
      expect(clock.pending).toBe(0)
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    }
    const aborted = AbortSignal.abort(reason)
    const host = hostOf(ok)
    expect((await read(createOpenAiChat({ model: 'm', host }), { ...hello, signal: aborted })).error).toBe(reason)
    expect(host.bodies).toHaveLength(0)
  })
})

describe('keys and needs', () => {
  it('looks a secret up for the call, and says what the model needs', async () => {
    const host = hostOf(ok)
    const model = createOpenAiChat({ model: 'm', apiKey: secret('KEY') })
    expect(model.needs).toEqual({ outbound: ['https://api.openai.com'], secrets: [{ secret: 'KEY' }] })
    await read(model, { ...hello, host: { ...host, variables: { get: (name) => `value of ${name}` } } })
    expect(new Headers(host.inits[0]?.headers).get('authorization')).toBe('Bearer value of KEY')
    const { error } = await read(model, { ...hello, host })
    expect(PfError.is(error, 'PF_SECRET_MISSING')).toBe(true)
    expect(host.bodies).toHaveLength(1)
  })

  it('sends no key where it is optional and has no value', async () => {
    const host = hostOf(ok)
    const model = createOpenAiChat({ model: 'm', apiKey: secret('KEY', { optional: true }) })
    for (const value of [undefined, '', 'k']) {
      const { error } = await read(model, { ...hello, host: { ...host, variables: { get: () => value } } })
      expect(error).toBeUndefined()
      expect(new Headers(host.inits.at(-1)?.headers).get('authorization')).toBe(value ? 'Bearer k' : null)
    }
    expect((await read(model, { ...hello, host })).error).toBeUndefined()
  })

  it('adds headers, the last of a name wins', async () => {
    const host = hostOf(ok)
    const model = createOpenAiChat({ model: 'm', host, headers: { 'X-A': '1', 'x-b': '1' } })
    await read(model, { ...hello, headers: { 'x-a': '2' } })
    const headers = new Headers(host.inits[0]?.headers)
    expect([headers.get('x-a'), headers.get('x-b')]).toEqual(['2', '1'])
  })
})

describe('cost', () => {
  it('is reckoned from the profile, or is what the provider says', async () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } }
    const host = hostOf([
      { body: sse(text('a'), { ...end, usage }) },
      { body: sse(text('a'), { ...end, usage: { ...usage, cost: 7 } }) },
    ])
    const model = createOpenAiChat({ model: 'm', host, profile: { prices: { input: 10, cacheRead: 1, output: 100 } } })
    expect((await generate(model, hello)).usage.costUsd).toBeCloseTo((600 * 10 + 400 + 100 * 100) / 1e6, 12)
    expect((await generate(model, hello)).usage.costUsd).toBe(7)
  })
})

describe('fallback', () => {
  const other = (answers: readonly Stored[]): LanguageModel =>
    createOpenAiChat({ model: 'n', host: hostOf(answers), attempts: 1 })

  it('asks the next model where the first can not answer', async () => {
    const first = createOpenAiChat({ model: 'm', host: hostOf(refusal(529)), attempts: 1 })
    const { parts, error } = await read(createFallbackModel([first, other([ok])]))
    expect(error).toBeUndefined()
    expect(parts[0]).toEqual({
      type: 'fallback',
      code: 'PF_MODEL_OVERLOADED',
      from: { provider: 'openai', modelId: 'm' },
      to: { provider: 'openai', modelId: 'n' },
      profile: other([ok]).profile,
    })
    expect(parts.at(-1)).toMatchObject({ type: 'finish' })
  })

  it('does not after output, nor for a bad request', async () => {
    const cut = createOpenAiChat({ model: 'm', host: hostOf({ body: sse(text('a')), cut: true }) })
    expect((await read(createFallbackModel([cut, other([ok])]))).error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED' })
    const bad = createOpenAiChat({ model: 'm', host: hostOf(refusal(400)) })
    expect((await read(createFallbackModel([bad, other([ok])]))).error).toMatchObject({
      code: 'PF_MODEL_REQUEST_INVALID',
    })
    expect(() => createFallbackModel([])).toThrow(PfError)
    const long = createOpenAiChat({ model: 'm', profile: { contextWindow: 9000, tools: true } })
    expect(createFallbackModel([long, other([ok])]).profile).toEqual({ contextWindow: 9000, tools: true })
    expect(createFallbackModel([long, other([ok])], { profile: { contextWindow: 500 } }).profile).toEqual({
      contextWindow: 500,
      tools: true,
    })
  })
})
