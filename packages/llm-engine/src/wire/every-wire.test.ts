// @node24-only: computes alone, on bytes in memory
// What must hold for every wire alike, on answers as the fake provider words them. What is peculiar to one wire is tested
// beside its decoder.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { LanguageModel, ModelHost, ModelStreamPart } from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read, type Split, type Stored } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import type { ModelOptions } from '../model/model-options'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { createReplyCollector } from '../reply/reply'
import { createFakeProvider, type FakeScript, type FakeTurn } from '../testing'

/** Options of any client. */
type Options = Partial<ModelOptions> & { providerOptions?: Record<string, never> }

const wires: Record<string, (options: Options) => LanguageModel> = {
  chat: (options) => createOpenAiChat({ model: 'm', apiKey: 'k', ...options }),
  responses: (options) => createOpenAiResponses({ model: 'm', apiKey: 'k', ...options }),
  anthropic: (options) => createAnthropic({ model: 'm', apiKey: 'k', ...options }),
  gemini: (options) => createGemini({ model: 'm', apiKey: 'k', ...options }),
}
type Make = (options: Options) => LanguageModel

const whole: FakeTurn = {
  reasoning: 'Hm 😀.',
  text: 'Grüße 😀é!',
  toolCalls: [
    { id: 'c1', name: 'sum', arguments: { a: 1, 'ü"\\n😀': '\u2028' } },
    { id: 'c2', name: 'now' },
  ],
  deltaLength: 3,
}

/** The answer of a turn, as bytes on this wire. */
async function bytesOf(make: Make, turn: FakeTurn): Promise<string> {
  const provider = createFakeProvider([turn])
  let body = ''
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    body = await (await provider.fetch(url, init)).text()
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  await read(make({ host: { fetch } }))
  return body
}

async function play(make: Make, answer: Stored, split: Split = 1 << 20, options: Partial<ModelOptions> = {}) {
  return read(make({ attempts: 1, host: hostOf(answer, split), ...options }))
}

function reply(parts: readonly ModelStreamPart[]) {
  const collector = createReplyCollector()
  for (const part of parts) collector.add(part)
  const { message, text, finish, usage, toolCalls } = collector.reply()
  return { message, text, finish, usage, toolCalls }
}

/** Cuts at places that a seed decides. */
function randomSplit(length: number, seed: number): number[] {
  const random = createSeededRandom(seed)
  const places: number[] = []
  for (let at = 1 + Math.floor(random.fraction() * 20); at < length; at += 1 + Math.floor(random.fraction() * 40))
    places.push(at)
  return places
}

describe.each(Object.entries(wires))('%s', (wire, make) => {
  describe('2: the same answer in another frame is the same', () => {
    const frames: [string, (body: string) => string][] = [
      ['line ends CR LF', (body) => body.replaceAll('\n', '\r\n')],
      ['line ends CR', (body) => body.replaceAll('\n', '\r')],
      ['a byte order mark', (body) => `\uFEFF${body}`],
      ['no space behind the colon', (body) => body.replace(/^(data|event): /gm, '$1:')],
      ['comments', (body) => `: hello\n\n${body.replaceAll('\n\n', '\n\n: keep-alive\n\n')}`],
      ['fields id and retry', (body) => body.replace(/^data/gm, 'id: 1\nretry: 5\ndata')],
      ['no names of events', (body) => body.replace(/^event: .*\n/gm, '')],
      ['no blank line at the end', (body) => body.trimEnd()],
      ['no [DONE]', (body) => body.replace('data: [DONE]\n\n', '')],
      ['two [DONE]', (body) => `${body}data: [DONE]\n\ndata: [DONE]\n\n`],
      ['16: another answer behind it', (body) => body.replace('data: [DONE]\n\n', '') + body],
      [
        '17: fields and events that are not known',
        (body) =>
          `data: {"type":"brand.new","object":"brand.new"}\n\n${body.replaceAll('data: {', 'data: {"brandNew":{"a":[1]},')}`,
      ],
    ]
    it.each(frames)('%s', async (_name, change) => {
      const body = await bytesOf(make, whole)
      const expected = reply((await play(make, { body })).parts)
      expect(expected.text).toBe('Grüße 😀é!')
      expect(expected.toolCalls).toHaveLength(2)
      const changed = change(body)
      const { length } = new TextEncoder().encode(changed)
      for (const split of [1 << 20, 1, 2, 3, 7, randomSplit(length, 1), randomSplit(length, 2)]) {
        const { parts, error } = await play(make, { body: changed }, split)
        expect(error).toBeUndefined()
        expect(reply(parts)).toEqual(expected)
      }
    })
  })

  it('every place to cut the bytes in two gives the same parts', async () => {
    const body = await bytesOf(make, { ...whole, text: '😀é' })
    const expected = await play(make, { body })
    const { length } = new TextEncoder().encode(body)
    for (let at = 1; at < length; at++) expect(await play(make, { body }, [at])).toEqual(expected)
    expect(await play(make, { body }, 1)).toEqual(expected)
  })

  it('15: an answer that ends anywhere before its end is never taken for whole', async () => {
    const body = await bytesOf(make, { text: 'Grüße', toolCalls: [{ name: 'f', arguments: { a: 1 } }], deltaLength: 2 })
    const bytes = new TextEncoder().encode(body)
    const full = reply((await play(make, { body })).parts)
    let cut = 0
    for (let end = 0; end < bytes.length; end++) {
      for (const broken of [false, true]) {
        const { parts, error } = await play(make, { body: bytes.slice(0, end), cut: broken })
        if (error === undefined) {
          // Behind the provider's own mark of the end: only the usage, or [DONE], may be missing.
          expect({ ...reply(parts), usage: full.usage }).toEqual(full)
          continue
        }
        cut++
        expect(parts.some(({ type }) => type === 'finish')).toBe(false)
        // Gemini's calls come whole; that the answer broke off behind one, the error says.
        if (wire !== 'gemini') expect(parts.some(({ type }) => type === 'tool-call-end')).toBe(false)
        const begun = parts.length > 0
        expect(error).toMatchObject({
          code: begun ? 'PF_MODEL_INTERRUPTED' : 'PF_MODEL_UNAVAILABLE',
          retryable: !begun,
        })
      }
    }
    expect(cut).toBeGreaterThan(bytes.length)
  })

  it('7: takes a megabyte of arguments, and no more than it is told to', async () => {
    const long = 'x'.repeat(1_000_000)
    const turn: FakeTurn = { toolCalls: [{ name: 'f', arguments: { long } }], deltaLength: 10_000 }
    const body = await bytesOf(make, turn)
    const [call] = reply((await play(make, { body }, 65_536)).parts).toolCalls
    expect(JSON.parse(call?.arguments ?? '')).toEqual({ long })
    // Gemini sends a call whole: there the bound is that of an event.
    const bound = wire === 'gemini' ? { maxEventLength: 100_000 } : { maxArgumentsLength: 100_000 }
    const { error } = await play(make, { body }, 65_536, bound)
    const typed =
      wire === 'gemini' ? { code: 'PF_MODEL_RESPONSE_INVALID' } : { details: { because: 'PF_MODEL_RESPONSE_INVALID' } }
    expect(error).toMatchObject(typed)
    expect(JSON.stringify(error)).not.toContain('xxxx')
  })

  it('8: never gives out a call that the limit of tokens cut off', async () => {
    const body = await bytesOf(make, { toolCalls: [{ name: 'f', arguments: { a: 1 } }], finish: 'length' })
    const { parts } = await play(make, { body })
    const end = reply(parts)
    expect(end.finish.reason).toBe('length')
    // Gemini sends calls whole or not at all.
    expect(end.toolCalls).toHaveLength(wire === 'gemini' ? 1 : 0)
  })

  describe('a provider that fails, seen in the parts', () => {
    /** All parts of a call whose answers come from a script; the clock runs by itself. */
    async function run(script: FakeScript, options: Partial<ModelOptions> = {}) {
      const clock = createFakeClock()
      const provider = createFakeProvider(script, { clock })
      const start = clock.now()
      const host: ModelHost = { clock, random: createSeededRandom(1), fetch: provider.fetch }
      const reading = read(make({ host, ...options }))
      await clock.until(reading)
      const { parts, error } = await reading
      const retries = parts.filter((part) => part.type === 'retry')
      expect(clock.pending).toBe(0)
      return { parts, error, retries, waited: clock.now() - start, asked: provider.requests.length }
    }
    const good: FakeTurn = { text: 'At last.' }

    it.each([
      ['seconds', { 'retry-after': '7' }, 7_000],
      ['a date', { 'retry-after': new Date(1_700_000_009_000).toUTCString() }, 9_000],
      ['milliseconds, which go first', { 'retry-after-ms': '1234', 'retry-after': '60' }, 1_234],
    ])('19: 429 with %s', async (_name, headers, ms) => {
      const { retries, error, waited } = await run([{ status: 429, headers }, good])
      expect(error).toBeUndefined()
      expect(retries).toMatchObject([{ attempt: 1, code: 'PF_MODEL_RATE_LIMITED' }])
      expect(waited).toBeGreaterThanOrEqual(ms)
      expect(waited).toBeLessThanOrEqual(ms + 500)
    })

    it('19: 429 that asks for more than a minute fails at once, and says how long', async () => {
      const { error, waited, asked } = await run([{ status: 429, headers: { 'retry-after': '61' } }])
      expect(error).toMatchObject({ code: 'PF_MODEL_RATE_LIMITED', retryAfterMs: 61_000, retryable: true })
      expect([waited, asked]).toEqual([0, 1])
    })

    it('19: 529, then 503, then an answer', async () => {
      const { retries, error, asked } = await run([{ status: 529 }, { status: 503 }, good])
      expect([error, asked]).toEqual([undefined, 3])
      expect(retries.map(({ code }) => code)).toEqual(['PF_MODEL_OVERLOADED', 'PF_MODEL_OVERLOADED'])
    })

    it('19: 500 for ever ends after three attempts; x-should-retry: false after one', async () => {
      const ever = await run(() => ({ status: 500 }))
      expect(ever).toMatchObject({ error: { code: 'PF_MODEL_UNAVAILABLE', httpStatus: 500 }, asked: 3 })
      expect(ever.retries).toHaveLength(2)
      const told = await run(() => ({ status: 503, headers: { 'x-should-retry': 'false' } }))
      expect(told).toMatchObject({ error: { code: 'PF_MODEL_OVERLOADED', retryable: false }, asked: 1 })
    })

    it.each([
      ['a page of a proxy', 502, '<html>Bad gateway</html>', 'PF_MODEL_UNAVAILABLE', 3],
      ['nothing', 503, '', 'PF_MODEL_OVERLOADED', 3],
      ['half of JSON', 400, '{"error":{"mess', 'PF_MODEL_REQUEST_INVALID', 1],
      ['a megabyte', 500, 'x'.repeat(1 << 20), 'PF_MODEL_UNAVAILABLE', 3],
    ])('18: an error whose body is %s', async (_name, status, body, code, asked) => {
      expect(await run(() => ({ status, body }))).toMatchObject({ error: { code, httpStatus: status }, asked })
    })

    it.each([
      ['a page', '<!doctype html><html>Log in</html>', 'PF_MODEL_RESPONSE_INVALID'],
      ['nothing', '', 'PF_MODEL_UNAVAILABLE'],
      [
        'an error as JSON',
        '{"error":{"message":"x","type":"overloaded_error","code":503,"status":"UNAVAILABLE"}}',
        'PF_MODEL_OVERLOADED',
      ],
    ])('18: status 200 and %s instead of a stream', async (_name, body, code) => {
      for (const type of ['text/event-stream', body.startsWith('{') ? 'application/json' : 'text/html'])
        expect((await play(make, { body, headers: { 'content-type': type } })).error).toMatchObject({ code })
    })

    it('18: one body of JSON where a stream was asked for is the answer', async () => {
      const provider = createFakeProvider([whole])
      const fetch = (url: string, init: RequestInit = {}): Promise<Response> => {
        const body = { ...(JSON.parse(init.body as string) as object), stream: false }
        return provider.fetch(url.replace(':streamGenerateContent?alt=sse', ':generateContent'), {
          ...init,
          body: JSON.stringify(body),
        })
      }
      const { parts, error } = await read(make({ host: { fetch } }))
      expect(error).toBeUndefined()
      expect(reply(parts)).toMatchObject({
        text: 'Grüße 😀é!',
        finish: { reason: 'tool-calls' },
        toolCalls: [{ name: 'sum' }, { name: 'now' }],
      })
    })

    it('13: garbage and errors before any output are tried again where that helps', async () => {
      const garbage = await run([{ text: 'x', fault: { after: 0, kind: 'garbage' } }, good])
      expect(garbage.error).toMatchObject({ code: 'PF_MODEL_RESPONSE_INVALID' })
      expect(garbage.parts).toEqual([])
      const overloaded = await run([{ text: 'x', fault: { after: 0, kind: 'error' } }, good])
      expect(overloaded).toMatchObject({
        error: undefined,
        retries: [{ code: expect.stringMatching(/OVERLOADED|UNAVAILABLE/) }],
      })
      const cut = await run([{ text: 'x', fault: { after: 0, kind: 'cut' } }, good])
      expect(cut).toMatchObject({ error: undefined, retries: [{ code: 'PF_MODEL_UNAVAILABLE' }] })
    })

    it.each(['garbage', 'error', 'cut', 'end', 'stall'] as const)(
      '14: %s after output is never tried again',
      async (kind) => {
        const turn: FakeTurn = { text: 'A text of some length.', deltaLength: 2, fault: { after: 8, kind } }
        const { parts, error, asked } = await run([turn, good])
        expect(asked).toBe(1)
        expect(parts.some(({ type }) => type === 'text-delta')).toBe(true)
        expect(parts.some(({ type }) => type === 'finish')).toBe(false)
        expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', retryable: false })
        expect(reply(parts)).toMatchObject({ finish: { reason: 'interrupted', complete: false } })
      },
    )

    it('20: silence after the headers is tried again, within the bound of the whole call', async () => {
      const stall: FakeTurn = { text: 'x', fault: { after: 0, kind: 'stall' } }
      const { retries, error, waited } = await run([stall, good])
      expect(error).toBeUndefined()
      expect(retries).toMatchObject([{ code: 'PF_MODEL_TIMEOUT' }])
      expect(waited).toBeGreaterThanOrEqual(60_000)
      const bound = await run(() => stall, { timeouts: { totalMs: 90_000 } })
      expect(bound.error).toMatchObject({ code: 'PF_MODEL_TIMEOUT' })
      expect(bound.waited).toBe(90_000)
    })
  })

  describe('over real sockets', () => {
    async function serving(listener: RequestListener, use: (fetch: NonNullable<ModelHost['fetch']>) => Promise<void>) {
      const server = createServer(listener).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      try {
        await use((url, init) => fetch(new URL(new URL(url).pathname, `http://127.0.0.1:${port}`), init))
      } finally {
        server.closeAllConnections()
        server.close()
      }
    }

    it('18: reads an error that is compressed', async () => {
      const refuse: RequestListener = (_request, response) => {
        response.writeHead(429, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end(
          gzipSync(
            '{"error":{"code":429,"message":"slow down","type":"rate_limit_error","status":"RESOURCE_EXHAUSTED"}}',
          ),
        )
      }
      await serving(refuse, async (fetch) => {
        const { error } = await read(make({ attempts: 1, host: { fetch } }))
        expect(error).toMatchObject({ code: 'PF_MODEL_RATE_LIMITED', providerMessage: 'slow down' })
      })
    })

    it.each([301, 302, 307, 308])('no key follows a redirect (%s)', async (status) => {
      const asked: string[] = []
      const elsewhere: RequestListener = (request, response) => {
        asked.push(`${request.headers.host}`)
        response.writeHead(500).end()
      }
      await serving(elsewhere, async (there) => {
        const target = new URL((await there('http://x/')).url).origin
        asked.length = 0
        const redirect: RequestListener = (_request, response) =>
          response.writeHead(status, { location: `${target}/v1/chat/completions?key=k` }).end()
        await serving(redirect, async (fetch) => {
          const { error, parts } = await read(make({ host: { fetch } }))
          expect(error).toMatchObject({
            code: 'PF_MODEL_RESPONSE_INVALID',
            retryable: false,
            httpStatus: status,
            details: { location: target },
          })
          expect(parts).toEqual([])
        })
      })
      expect(asked).toEqual([])
    })

    it('what a refusal says that never ends is what its status says', async () => {
      const refuse: RequestListener = (_request, response) => {
        response.writeHead(401, { 'content-type': 'application/json' })
        response.write('{"error":')
      }
      await serving(refuse, async (fetch) => {
        const { error } = await read(make({ host: { fetch }, timeouts: { idleMs: 50 } }))
        expect(error).toMatchObject({ code: 'PF_MODEL_AUTH', httpStatus: 401 })
      })
    })

    it('15: a socket that is torn apart after output', async () => {
      const body = await bytesOf(make, { text: 'A text of some length.', deltaLength: 2 })
      const tear: RequestListener = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(body.slice(0, Math.floor(body.length * 0.7)), () =>
          setTimeout(() => response.socket?.resetAndDestroy(), 20),
        )
      }
      await serving(tear, async (fetch) => {
        const { parts, error } = await read(make({ attempts: 1, host: { fetch } }))
        expect(parts.some(({ type }) => type === 'text-delta')).toBe(true)
        expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', details: { because: 'PF_MODEL_UNAVAILABLE' } })
      })
    })
  })

  it('options of the provider: those of the model in every call, those of a call over them', async () => {
    const host = hostOf({ body: await bytesOf(make, { text: 'x' }) })
    const model = make({ host, providerOptions: { own: 1, other: 1 } as never })
    const { provider } = model
    await read(model)
    await read(model, { ...hello, providerOptions: { [provider]: { other: 2 }, someoneElse: { own: 3 } } })
    expect(host.bodies.map((body) => JSON.parse(body) as object)).toMatchObject([
      { own: 1, other: 1 },
      { own: 1, other: 2 },
    ])
  })

  it('12 and goldens: the same call is worded the same, byte for byte', async () => {
    const host = hostOf({ body: await bytesOf(make, { text: '{}' }) })
    const call = {
      ...hello,
      tools: [
        { name: 'b', parameters: { type: 'object' } },
        { name: 'a', parameters: { type: 'object' } },
      ],
      output: {
        schema: { type: 'object', properties: { x: { type: 'string' } }, required: ['x'], additionalProperties: false },
      },
    }
    for (let times = 0; times < 2; times++) await read(make({ host }), structuredClone(call))
    const [first, second] = host.bodies
    expect(second).toBe(first)
    expect(first).toMatch(/"b".*"a"/)
    expect(first).toContain('"additionalProperties":false')
  })
})

it('options that a provider does not know are no types', () => {
  const host = hostOf({ body: '' })
  // @ts-expect-error no such tier
  createOpenAiChat({ model: 'm', host, providerOptions: { service_tier: 'fast' } })
  // @ts-expect-error a word
  createOpenAiResponses({ model: 'm', host, providerOptions: { truncation: 5 } })
  // @ts-expect-error no such time
  createAnthropic({ model: 'm', host, providerOptions: { cache_control: { type: 'ephemeral', ttl: '2h' } } })
  // @ts-expect-error a threshold is missing
  createGemini({ model: 'm', host, providerOptions: { safetySettings: [{ category: 'x' }] } })
})
