// A refusal may be longer than is read, or break: what came of it tells what it is. Servers built on FastAPI repeat what
// they were sent.
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import type { ModelError } from '../error/model-error'
import { createOpenAiChat } from '../openai'
import { createFallbackModel } from './fallback-model'
import { bodyOf } from './stray-body'

const echo = 'x'.repeat(70_000)
const message = "This model's maximum context length is 128000 tokens."
const code = 'context_length_exceeded'
const tooLong = { code: 'PF_MODEL_CONTEXT_LENGTH', providerMessage: message }

async function refusal(body: unknown, status = 400): Promise<unknown> {
  const host = hostOf({ body: JSON.stringify(body), status }, 1000)
  return (await read(createOpenAiChat({ model: 'm', attempts: 1, host }))).error
}

describe('a refusal of more than 64 Ki characters', () => {
  it('is told by its beginning', async () => {
    expect(await refusal({ error: { code, message }, input: echo })).toMatchObject({ ...tooLong, providerCode: code })
    expect(await refusal({ error: { message }, input: [{ role: 'user', content: echo }] })).toMatchObject(tooLong)
    expect(await refusal({ message, type: 'BadRequestError', code: 400, body: { echo } })).toMatchObject(tooLong)
    const many = Array.from({ length: 9000 }, (_, at) => ({ role: 'user', at, yes: true }))
    expect(await refusal({ error: { code, message }, input: many })).toMatchObject(tooLong)
  })

  it('whose words are what is long is told by the beginning of them', async () => {
    const error = await refusal({ error: { code, message: `${message} ${echo}`, more: 1 } })
    expect(error).toMatchObject({ code: 'PF_MODEL_CONTEXT_LENGTH', providerCode: code })
    expect((error as ModelError).providerMessage).toMatch(
      /^This model's maximum context length is 128000 tokens. x{1000}/,
    )
    const detail = [{ type: 'value_error', msg: message, input: echo }]
    expect(await refusal({ detail }, 422)).toMatchObject({ code: 'PF_MODEL_CONTEXT_LENGTH', httpStatus: 422 })
  })

  it('is not taken for what it repeats', async () => {
    const said = { error: { message: 'max_tokens: Field required' }, input: `credit balance, ${code} ${echo}` }
    expect(await refusal(said)).toMatchObject({
      code: 'PF_MODEL_REQUEST_INVALID',
      providerMessage: 'max_tokens: Field required',
    })
  })

  it('lets the next model answer', async () => {
    const body = JSON.stringify({ error: { code: 'invalid_api_key', message: 'No' }, echo })
    const first = createOpenAiChat({ model: 'm', attempts: 1, host: hostOf({ body, status: 400 }) })
    const next = hostOf({ body: 'data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n' })
    const { parts, error } = await read(createFallbackModel([first, createOpenAiChat({ model: 'n', host: next })]))
    expect([error, parts[0]?.type]).toEqual([undefined, 'fallback'])
  })

  it('is read no further, and its connection given up', async () => {
    let pulls = 0
    let canceled = false
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => controller.enqueue(new Uint8Array(1024).fill(97 + (pulls++ % 26))),
        cancel: () => void (canceled = true),
      },
      { highWaterMark: 0 },
    )
    const host = { fetch: async () => new Response(body, { status: 400 }) }
    const { error } = await read(createOpenAiChat({ model: 'm', attempts: 1, host }))
    expect(error).toMatchObject({
      code: 'PF_MODEL_REQUEST_INVALID',
      providerMessage: expect.stringMatching(/^a{1024}b/),
    })
    expect([pulls, canceled]).toEqual([64, true])
  })
})

it('a refusal that breaks, or stalls, is told by what came of it', async () => {
  const text = `{"type":"error","error":{"type":"invalid_request_error","message":"${message}`
  for (const then of ['reset', 'open', 'drip']) {
    const clock = createFakeClock()
    const encoder = new TextEncoder()
    let canceled = false
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encoder.encode(text))
        if (then === 'reset') clock.after(1, () => controller.error(new TypeError('terminated')))
        const drip = (): void => {
          if (canceled) return
          controller.enqueue(encoder.encode(' '))
          clock.after(1000, drip)
        }
        if (then === 'drip') drip()
      },
      cancel: () => void (canceled = true),
    })
    const host = { clock, random: createSeededRandom(1), fetch: async () => new Response(body, { status: 400 }) }
    const start = clock.now()
    let told = 0
    const reading = read(createAnthropic({ model: 'm', attempts: 1, host }), hello).then((result) => {
      told = clock.now() - start
      return result.error
    })
    await clock.run()
    expect(await reading).toMatchObject({ code: 'PF_MODEL_CONTEXT_LENGTH' })
    expect(told).toBeLessThanOrEqual(60_000)
  }
})

describe('JSON that is cut', () => {
  const whole = { a: [1, { b: 'x\\"y\u00e9\n', c: null }, []], d: { e: 'f', g: [true, 'h,]}'] }, i: 'é😀' }
  const escaped = JSON.stringify(whole).replaceAll(
    /[^ -~]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

  /** Whether what was found is the beginning of what was meant. */
  function begins(found: unknown, meant: unknown): boolean {
    if (typeof found === 'string' && typeof meant === 'string') return meant.startsWith(found)
    if (typeof found !== 'object' || found === null) return found === meant
    if (typeof meant !== 'object' || meant === null || Array.isArray(found) !== Array.isArray(meant)) return false
    return Object.entries(found).every(([key, value]) => begins(value, (meant as Record<string, unknown>)[key]))
  }

  it.each([JSON.stringify(whole), JSON.stringify(whole, undefined, 2), escaped])(
    'has what was whole of it: %s',
    (text) => {
      let longest = 0
      for (let at = 1; at < text.length; at++) {
        const cut = text.slice(0, at)
        const found = bodyOf(cut)
        if (found === cut) expect(cut).toMatch(/^\{\s*("a?"?(:\s*\[?)?)?\s*1?$/)
        else expect([cut, found, begins(found, whole)]).toEqual([cut, found, true])
        // What was found once is not lost.
        const length = JSON.stringify(found).length
        if (found !== cut) expect(length).toBeGreaterThanOrEqual(longest - 8)
        longest = Math.max(longest, found === cut ? 0 : length)
      }
      expect(longest).toBeGreaterThan(60)
    },
  )

  it.each(['Bad "request', '{oops}', '[Errno 5] no', '[error', '{ not json', '<html>"x"</html>', 'No', '{"', '[DONE]'])(
    'is not what is no JSON: %s',
    (text) => expect(bodyOf(text)).toBe(text),
  )

  it('takes a time that grows with the text', { timeout: 60_000 }, () => {
    for (const piece of ['[', '{"a":', '"', '\\', '"\\', ',', '[,', '["a",', '}', '[]']) {
      const text = piece.repeat((1 << 18) / piece.length)
      const begun = performance.now()
      bodyOf(text)
      // A third of a second at most, and a minute where the time grows with the square.
      expect([piece, performance.now() - begun < 10_000]).toEqual([piece, true])
    }
  })
})
