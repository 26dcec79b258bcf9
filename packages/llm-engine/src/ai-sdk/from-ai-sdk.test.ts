// Real providers of the AI SDK behind the bridge, at the fake provider's server.
import { getEventListeners } from 'node:events'
import { inspect } from 'node:util'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { LanguageModel, ModelCall, ModelMessage, ModelStreamPart } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { hello, read } from '../../test/harness'
import { serveFake } from '../../test/serve-fake'
import { createAnthropic as ownAnthropic } from '../anthropic'
import { generate } from '../reply/generate'
import type { FakeScript } from '../testing'
import { fromAiSdk, type FromAiSdkOptions } from './from-ai-sdk'

type Served = Awaited<ReturnType<typeof serveFake>>
const running: Served[] = []
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())))
const serve = async (script: FakeScript): Promise<Served> => {
  const server = await serveFake(script)
  running.push(server)
  return server
}

const providers: Record<string, (url: string) => LanguageModelV4> = {
  'OpenAI Responses': (url) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).responses('m'),
  'OpenAI chat': (url) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).chat('m'),
  Anthropic: (url) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'k' })('m'),
  Gemini: (url) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: 'k' })('m'),
}

const tools: ModelCall['tools'] = [
  { name: 'add numbers', description: 'Adds', parameters: { type: 'object', properties: { a: { type: 'number' } } } },
  { name: 'now', parameters: { type: 'object', properties: {} } },
]

describe.each(Object.entries(providers))('%s', (name, make) => {
  const model = (server: Served, options?: FromAiSdkOptions): LanguageModel => fromAiSdk(make(server.url), options)

  it('says text, thoughts, usage and the end', async () => {
    const server = await serve([
      {
        reasoning: 'Hm, let me think.',
        text: 'Grüße 😀 to you.',
        usage: { inputTokens: 20, outputTokens: 9, cacheReadTokens: 8, reasoningTokens: 4 },
      },
    ])
    const { text, message, finish, usage, response } = await generate(model(server), hello)
    expect(text).toBe('Grüße 😀 to you.')
    expect(finish).toMatchObject({ reason: 'stop', complete: true })
    expect(usage).toMatchObject({ inputTokens: 20, outputTokens: 9, cacheReadTokens: 8 })
    expect(response).toMatchObject({ modelId: 'm', provider: make(server.url).provider })
    const thoughts = message.content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : []))
    // Its chat client knows no thoughts.
    if (name !== 'OpenAI chat') expect(thoughts).toEqual(['Hm, let me think.'])
  })

  it('makes calls in parallel, under the names they have here, and is told the results', async () => {
    const names: string[] = []
    const server = await serve((request, number) => {
      if (number === 1) names.push(...wireNames(request.body))
      return number === 1
        ? {
            reasoning: 'Both.',
            toolCalls: [
              { id: 'c1', name: names[0] as string, arguments: { a: 1, b: 'ü"\\' } },
              { id: 'c2', name: 'now' },
            ],
          }
        : { text: 'Done.' }
    })
    const bridge = model(server)
    const first = await generate(bridge, { ...hello, tools })
    expect(names[0]).toMatch(/^add_numbers_[0-9a-f]{8}$/)
    expect(first.finish.reason).toBe('tool-calls')
    expect(first.toolCalls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([
      ['add numbers', { a: 1, b: 'ü"\\' }],
      ['now', {}],
    ])
    const [one, two] = first.toolCalls
    const messages: ModelMessage[] = [
      ...hello.messages,
      // As a checkpoint would bring it back.
      JSON.parse(JSON.stringify(first.message)) as ModelMessage,
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: one?.toolCallId ?? '',
            name: 'add numbers',
            parts: [{ data: { sum: 3 } }],
          },
          {
            type: 'tool-result',
            toolCallId: two?.toolCallId ?? '',
            name: 'now',
            parts: [{ text: 'late' }],
            isError: true,
          },
        ],
      },
    ]
    expect((await generate(bridge, { messages, tools })).text).toBe('Done.')
    const sent = JSON.stringify(server.requests[1]?.body)
    for (const word of ['sum', 'late', names[0] as string]) expect(sent).toContain(word)
    // What the provider wants back with its thoughts is there again.
    if (name === 'Anthropic') expect(sent).toContain('"signature":"signature_1"')
    if (name === 'OpenAI Responses') expect(sent).toMatch(/rs_|encrypted/)
  })

  it('is asked again where it is overloaded, and not where the key is wrong', async () => {
    const server = await serve([
      { status: 503, headers: { 'retry-after-ms': '1' } },
      { status: 429, headers: { 'retry-after-ms': '1' } },
      { text: 'At last.' },
      { status: 401 },
    ])
    const bridge = model(server, { backoff: { baseMs: 1 } })
    const { parts } = await read(bridge)
    expect(parts.filter(({ type }) => type === 'retry')).toMatchObject([
      { attempt: 1, code: 'PF_MODEL_OVERLOADED' },
      { attempt: 2, code: 'PF_MODEL_RATE_LIMITED' },
    ])
    expect(parts.at(-1)).toMatchObject({ type: 'finish' })
    expect((await read(bridge)).error).toMatchObject({ code: 'PF_MODEL_AUTH', httpStatus: 401, retryable: false })
    expect(server.requests).toHaveLength(4)
  })

  it('an error that is printed does not have the prompt; who asks for it finds it', async () => {
    const server = await serve([{ status: 400 }])
    const messages: ModelMessage[] = [{ role: 'user', content: [{ type: 'text', text: 'What nobody else may read' }] }]
    const { error } = await read(model(server), { messages })
    expect(error).toMatchObject({ code: 'PF_MODEL_REQUEST_INVALID', httpStatus: 400 })
    expect(inspect(error, { depth: 20 }) + JSON.stringify(error)).not.toContain('nobody else')
    expect(JSON.stringify((error as { cause: { requestBodyValues: unknown } }).cause.requestBodyValues)).toContain(
      'nobody else',
    )
  })

  it('a stream that breaks off is no answer', async () => {
    const server = await serve([{ text: 'A text of some length.', deltaLength: 2, fault: { after: 7, kind: 'end' } }])
    const { parts, error } = await read(model(server, { attempts: 1 }))
    expect(parts.some(({ type }) => type === 'text-delta')).toBe(true)
    expect(parts.some(({ type }) => type === 'finish')).toBe(false)
    expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED' })
  })

  it('an error inside the stream is no answer either', async () => {
    const server = await serve([{ text: 'A text of some length.', deltaLength: 2, fault: { after: 7, kind: 'error' } }])
    const { error } = await read(model(server, { attempts: 1 }))
    expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED' })
  })

  it('a stall ends by the clock, and an abort with its reason; nothing is left behind', async () => {
    const clock = createFakeClock()
    const server = await serve(() => ({ text: 'A text.', deltaLength: 2, fault: { after: 6, kind: 'stall' } }))
    const bridge = model(server, { attempts: 1 })
    const stalled = read(bridge, {
      ...hello,
      host: { clock },
      timeouts: { idleMs: 1000, headersMs: Number.POSITIVE_INFINITY, firstOutputMs: Number.POSITIVE_INFINITY },
    })
    expect((await clock.until(stalled)).error).toMatchObject({
      code: 'PF_MODEL_INTERRUPTED',
      details: { because: 'PF_MODEL_TIMEOUT' },
    })
    expect(clock.pending).toBe(0)

    const controller = new AbortController()
    const parts: ModelStreamPart[] = []
    await expect(async () => {
      for await (const part of bridge.stream({ ...hello, signal: controller.signal })) {
        parts.push(part)
        if (part.type === 'text-delta') controller.abort('enough')
      }
    }).rejects.toBe('enough')
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('takes images, a schema, and the settings of a call', async () => {
    const server = await serve([{ text: '{}' }])
    const { response } = await generate(model(server), {
      messages: [
        { role: 'system', text: 'Be brief.', cache: true },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'file', mediaType: 'image/png', raw: 'iVBORw0KGgo=' },
          ],
        },
      ],
      output: {
        schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false, required: ['a'] },
      },
      maxOutputTokens: 77,
      parallelToolCalls: false,
      stopSequences: ['END'],
    })
    const sent = JSON.stringify(server.requests[0]?.body)
    for (const word of ['Be brief.', 'iVBORw0KGgo=', '77', 'additionalProperties']) expect(sent).toContain(word)
    if (name === 'Anthropic') expect(sent).toContain('cache_control')
    expect(response?.warnings.join()).toContain('parallelToolCalls')
  })

  it('does not load addresses that the model does not', async () => {
    const server = await serve([])
    const content = [{ type: 'file' as const, mediaType: 'image/png', url: 'ftp://example.test/a.png' }]
    const { error } = await read(model(server), { messages: [{ role: 'user', content }] })
    expect(error).toMatchObject({ code: 'PF_MODEL_REQUEST_INVALID' })
    expect(server.requests).toHaveLength(0)
  })
})

function wireNames(body: unknown): string[] {
  return [...JSON.stringify(body).matchAll(/"name":"([^"]+)"/g)].map(([, found]) => found as string)
}

/** A model of the AI SDK that gives exactly these parts. */
const scripted = (
  parts: unknown[],
  more: { version?: 'v2' | 'v3' | 'v4'; end?: 'close' | 'error'; calls?: object[] } = {},
) => ({
  specificationVersion: more.version ?? ('v4' as const),
  provider: 'own.chat',
  modelId: 'm',
  supportedUrls: {},
  doStream: async (options: object) => {
    more.calls?.push(options)
    const list = [...parts] as LanguageModelV4StreamPart[]
    const stream = new ReadableStream<LanguageModelV4StreamPart>(
      {
        pull(controller) {
          const part = list.shift()
          if (part !== undefined) controller.enqueue(part)
          else if (more.end === 'error') controller.error(new TypeError('terminated'))
          else controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    return { stream }
  },
})
const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 2, text: 2, reasoning: 0 },
}
const finish = (unified = 'stop') => ({ type: 'finish', finishReason: { unified, raw: undefined }, usage })

describe('the five ways in which streams of the AI SDK end badly', () => {
  const text = [
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'Half' },
  ]
  it.each<[string, unknown[], 'close' | 'error' | undefined]>([
    ['an error, and then a finish', [...text, { type: 'error', error: new Error('no') }, finish('error')], undefined],
    ['an error, and nothing more', [...text, { type: 'error', error: 'no' }], undefined],
    ['finish says interrupted', [...text, finish('interrupted')], undefined],
    ['no finish', text, undefined],
    ['the stream itself fails', text, 'error'],
  ])('%s', async (_name, parts, end) => {
    const { error, parts: seen } = await read(fromAiSdk(scripted(parts, end && { end }), { attempts: 1 }))
    expect(seen.at(-1)).toMatchObject({ type: 'text-delta', delta: 'Half' })
    expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED' })
  })
})

it('keeps what a provider wants back from any part of a block, and gives it back; others never see it', async () => {
  const calls: { prompt?: { content: unknown }[] }[] = []
  const parts = [
    { type: 'stream-start', warnings: [{ type: 'unsupported', feature: 'seed', details: 'no' }] },
    { type: 'response-metadata', id: 'r1', modelId: 'm-1', timestamp: new Date(0) },
    { type: 'ping' },
    { type: 'reasoning-start', id: '1', providerMetadata: { own: { a: 1 } } },
    { type: 'reasoning-delta', id: '1', delta: '', providerMetadata: { own: { signature: 's' } } },
    { type: 'reasoning-end', id: '1' },
    { type: 'tool-call', toolCallId: 'srv', toolName: 'search', input: '{"q":1}', providerExecuted: true },
    { type: 'tool-result', toolCallId: 'srv', toolName: 'search', result: { hits: 1 } },
    { type: 'custom', kind: 'own.compaction', providerMetadata: { own: { blob: 'x' } } },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2]) } },
    { type: 'text-start', id: '2' },
    { type: 'text-delta', id: '2', delta: 'Hi' },
    { type: 'text-end', id: '2', providerMetadata: { own: { itemId: 'i' } }, citations: [] },
    { type: 'tool-call', toolCallId: 'c', toolName: 'now', input: '', providerMetadata: { own: { sig: 't' } } },
    { type: 'something-new' },
    finish('stop'),
  ]
  const bridge = fromAiSdk(scripted(parts, { calls }))
  const reply = await generate(bridge, hello)
  expect(reply).toMatchObject({
    text: 'Hi',
    toolCalls: [{ toolCallId: 'c', name: 'now', arguments: '{}' }],
    finish: { reason: 'tool-calls' },
    usage: { inputTokens: 1, outputTokens: 2 },
    response: { responseId: 'r1', modelId: 'm-1', warnings: ['unsupported: seed: no'] },
  })
  const result: ModelMessage = {
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId: 'c', name: 'now', parts: [{ text: 'x' }] }],
  }
  await generate(bridge, { messages: [...hello.messages, reply.message, result] })
  const [, assistant] = calls[1]?.prompt ?? []
  expect(assistant?.content).toEqual([
    { type: 'reasoning', text: '', providerOptions: { own: { a: 1, signature: 's' } } },
    { type: 'tool-call', toolCallId: 'srv', toolName: 'search', input: { q: 1 }, providerExecuted: true },
    { type: 'tool-result', toolCallId: 'srv', toolName: 'search', output: { type: 'json', value: { hits: 1 } } },
    { type: 'custom', kind: 'own.compaction', providerOptions: { own: { blob: 'x' } } },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQI=' } },
    { type: 'text', text: 'Hi', providerOptions: { own: { itemId: 'i' } } },
    { type: 'tool-call', toolCallId: 'c', toolName: 'now', input: {}, providerOptions: { own: { sig: 't' } } },
  ])
  // Another model takes the same history without any of it.
  const server = await serve([{ text: 'ok' }])
  const other = ownAnthropic({ model: 'm', baseUrl: `${server.url}/v1`, apiKey: 'k' })
  await generate(other, { messages: [...hello.messages, reply.message, result] })
  expect(JSON.stringify(server.requests[0]?.body)).not.toMatch(/signature|compaction|hits/)
})

describe('what JSON has no room for', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const said = (providerMetadata: unknown) => [
    { type: 'text-start', id: '1', providerMetadata: { own: providerMetadata } },
    { type: 'text-delta', id: '1', delta: 'Hi' },
    { type: 'text-end', id: '1' },
    { type: 'custom', kind: 'own.note', providerMetadata: { own: providerMetadata } },
    { ...finish(), usage: { ...usage, raw: { tokens: 12n } } },
  ]

  it('is kept as its digits', async () => {
    const { message, usage: used } = await generate(fromAiSdk(scripted(said({ size: 10n }))), hello)
    expect(JSON.parse(JSON.stringify(message))).toEqual(message)
    expect(JSON.stringify(message.content)).toContain('"size":"10"')
    expect(used.raw).toEqual({ tokens: '12' })
  })

  it('is an error of the model where it has no end', async () => {
    const { error } = await read(fromAiSdk(scripted(said(circular)), { attempts: 1 }))
    expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', details: { because: 'PF_MODEL_RESPONSE_INVALID' } })
  })

  it.each([10n, { detail: 10n }, { detail: circular }, circular])(
    'is an error still where %o is reported as one',
    async (thrown) => {
      const { error } = await read(fromAiSdk(scripted([{ type: 'error', error: thrown }]), { attempts: 1 }))
      expect(error).toMatchObject({ name: 'ModelError', code: 'PF_MODEL_UNAVAILABLE' })
    },
  )
})

it('reads an error that is reported as its provider worded it', async () => {
  for (const error of [
    { type: 'overloaded_error', message: 'x' },
    { type: 'error', error: { type: 'overloaded_error' } },
  ])
    expect((await read(fromAiSdk(scripted([{ type: 'error', error }]), { attempts: 1 }))).error).toMatchObject({
      code: 'PF_MODEL_OVERLOADED',
    })
})

it('a call that the end cut off is never run', async () => {
  const parts = [
    { type: 'tool-input-start', id: 'a', toolName: 'now' },
    { type: 'tool-input-delta', id: 'a', delta: '{"x"' },
    { type: 'tool-call', toolCallId: 'b', toolName: 'now', input: '{"half' },
    finish('length'),
  ]
  const { toolCalls, cutCalls, finish: end } = await generate(fromAiSdk(scripted(parts)), hello)
  expect([toolCalls, cutCalls.map(({ toolCallId }) => toolCallId), end.reason]).toEqual([[], ['a', 'b'], 'length'])
})

it('arguments have a bound', async () => {
  const parts = [
    { type: 'tool-input-start', id: 'a', toolName: 'now' },
    ...Array.from({ length: 20 }, () => ({ type: 'tool-input-delta', id: 'a', delta: 'x'.repeat(100) })),
  ]
  const { error } = await read(fromAiSdk(scripted(parts), { maxArgumentsLength: 1000 }))
  expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', details: { because: 'PF_MODEL_RESPONSE_INVALID' } })
})

it('takes models of specification v2 and v3', async () => {
  const calls: Record<string, unknown>[] = []
  const parts = [
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'Hi' },
    { type: 'text-end', id: '1' },
    {
      type: 'finish',
      finishReason: 'stop',
      usage: { inputTokens: 5, outputTokens: 6, totalTokens: 11, cachedInputTokens: 1 },
    },
  ]
  const call: ModelCall = {
    reasoning: { effort: 'low' },
    messages: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', raw: 'AQI=' }] }],
  }
  for (const version of ['v2', 'v3'] as const) {
    const reply = await generate(fromAiSdk(scripted(parts, { version, calls })), call)
    expect(reply).toMatchObject({ text: 'Hi', usage: { inputTokens: 5, outputTokens: 6, cacheReadTokens: 1 } })
    expect(reply.response?.warnings.join()).toContain('reasoning')
  }
  expect(calls[0]).toMatchObject({ prompt: [{ content: [{ type: 'file', data: 'AQI=', mediaType: 'image/png' }] }] })
})

it('refuses what is no such model', () => {
  expect(() => fromAiSdk('openai/gpt-5' as never)).toThrow(/PF_CONFIG|language model of the AI SDK/)
  expect(() => fromAiSdk({ specificationVersion: 'v9' } as never)).toThrow('"v9"')
})
