import type { LanguageModel, ModelHost } from '@pf-agents/agent-core'
import { createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { checkFixture, type Fixture } from '../../test/fixtures'
import { bodyOf, hello, hostOf, read, sse } from '../../test/harness'
import { generate } from '../reply/generate'
import type { ChatProfile } from './chat-profile'
import { createCompatibleModel } from './compatible'
import { createOpenAiChat } from './openai-chat'
import { deepSeek, groq, openRouter, vllm } from './servers'

const openAi = (host: ModelHost): LanguageModel => createOpenAiChat({ model: 'm', apiKey: 'k', host, attempts: 1 })
const served =
  (server: ChatProfile) =>
  (host: ModelHost): LanguageModel =>
    createCompatibleModel({ server, model: 'm', host, attempts: 1 })

const head = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm-1' }
const chunk = (delta: unknown, finish: string | null = null): object => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: finish }],
})
const call = (fields: object): object => chunk({ tool_calls: [fields] })
const fn = (name: string | undefined, text: unknown): object => ({ name, arguments: text })
const usage = {
  prompt_tokens: 9,
  completion_tokens: 7,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
}
const tail = [{ ...head, choices: [], usage }, '[DONE]']

const emoji = 'Grüße 😀 e\u0301'
const plain = sse(
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Hel' }),
  chunk({ content: emoji }),
  chunk({}, 'stop'),
  ...tail,
)
const answered = { text: `Hel${emoji}`, finish: 'stop', tokens: [9, 7] }

const fixtures: Fixture[] = [
  { name: '1 plain text', body: plain, expected: answered },
  { name: '2 CRLF', body: plain.replaceAll('\n', '\r\n'), expected: answered },
  { name: '2 bare CR', body: plain.replaceAll('\n', '\r'), expected: answered },
  { name: '2 byte order mark', body: `\uFEFF${plain}`, expected: answered },
  { name: '2 no space behind the colon', body: plain.replaceAll('data: ', 'data:'), expected: answered },
  {
    name: '2 comments and other fields',
    body: `: hi\n\nretry: 5\nid: 7\n\n${plain.replaceAll('\n\n', '\n\n: OPENROUTER PROCESSING\n\n')}`,
    expected: answered,
  },
  { name: '2 no blank line between events', body: plain.replaceAll('\n\n', '\n'), expected: answered },
  {
    name: '3 empty and null deltas, padding, empty choices',
    body: sse(
      { ...head, choices: [], prompt_filter_results: [] },
      chunk(null),
      chunk({ content: null, obfuscation: 'xx' }),
      chunk({ role: 'assistant' }),
      chunk({ content: 'a' }),
      { ...head, choices: [{ index: 0, content_filter_results: {} }], usage: null },
      chunk({}, 'stop'),
    ),
    expected: { text: 'a', finish: 'stop' },
  },
  {
    name: '4 one call in pieces',
    body: sse(
      call({ index: 0, id: 'a', type: 'function', function: fn('sum', '') }),
      call({ index: 0, function: { arguments: '{"a"' } }),
      call({ index: 0, function: { arguments: ':1}' } }),
      chunk({}, 'tool_calls'),
    ),
    expected: { calls: [['sum', '{"a":1}']], finish: 'tool-calls' },
  },
  {
    name: '5 two calls interleaved',
    body: sse(
      call({ index: 0, id: 'a', function: fn('sum', '') }),
      call({ index: 1, id: 'b', function: fn('mul', '') }),
      call({ index: 1, function: { arguments: '{"b"' } }),
      call({ index: 0, function: { arguments: '{"a"' } }),
      call({ index: 1, function: { arguments: ':2}' } }),
      call({ index: 0, function: { arguments: ':1}' } }),
      chunk({}, 'tool_calls'),
    ),
    expected: {
      calls: [
        ['sum', '{"a":1}'],
        ['mul', '{"b":2}'],
      ],
      finish: 'tool-calls',
    },
  },
  {
    name: '6 one index for all calls, each with its id',
    body: sse(
      call({ index: 0, id: 'a', function: fn('sum', '{"a":1}') }),
      call({ index: 0, id: 'b', function: fn('sum', '{"a":2}') }),
      call({ index: 0, id: 'c', function: fn('mul', '') }),
      call({ index: 0, id: 'c', function: { arguments: '{}' } }),
      chunk({}, 'stop'),
    ),
    expected: {
      calls: [
        ['sum', '{"a":1}'],
        ['sum', '{"a":2}'],
        ['mul', '{}'],
      ],
      finish: 'tool-calls',
    },
  },
  {
    name: '6 no index: an id and a name each',
    body: sse(
      call({ id: 'a', function: fn('sum', '{"a"') }),
      call({ function: { arguments: ':1}' } }),
      call({ id: 'b', function: fn('mul', '{}') }),
      chunk({}, 'tool_calls'),
    ),
    expected: {
      calls: [
        ['sum', '{"a":1}'],
        ['mul', '{}'],
      ],
      finish: 'tool-calls',
    },
  },
  {
    name: '6 never an id, never a type',
    body: sse(
      call({ index: 0, function: fn('sum', '{"a"') }),
      call({ index: 0, id: '', function: { name: '', arguments: ':1}' } }),
      call({ index: 1, id: ' ', function: fn('mul', '{}') }),
      chunk({}, 'tool_calls'),
    ),
    expected: {
      calls: [
        ['sum', '{"a":1}'],
        ['mul', '{}'],
      ],
      finish: 'tool-calls',
    },
  },
  {
    name: '6 name and another id on every piece; pieces of nothing',
    body: sse(
      call({ function: { arguments: 'x' } }),
      call({ index: 0, id: 'a', function: fn('sum', '{"a"') }),
      call({ index: 0, id: 'a2', function: fn('sum', ':{') }),
      call({ index: 0, id: 'a3', function: { arguments: '}}' } }),
      chunk({}, 'tool_calls'),
    ),
    expected: { calls: [['sum', '{"a":{}}']], finish: 'tool-calls' },
  },
  {
    name: '7 no arguments, an object for arguments, letters of all kinds',
    body: sse(
      call({ index: 0, id: 'a', function: { name: 'now' } }),
      call({ index: 1, id: 'b', function: fn('put', { ö: '😀' }) }),
      chunk({}, 'tool_calls'),
    ),
    expected: {
      calls: [
        ['now', '{}'],
        ['put', '{"ö":"😀"}'],
      ],
      finish: 'tool-calls',
    },
  },
  {
    name: '8 cut arguments',
    body: sse(call({ index: 0, id: 'a', function: fn('sum', '{"a":') }), chunk({}, 'length')),
    expected: { calls: [['sum', '{"a":']], cut: 1, finish: 'length' },
  },
  {
    name: '9 the word tool_calls without a call',
    body: sse(chunk({ content: 'a' }), chunk({}, 'tool_calls')),
    expected: { text: 'a', finish: 'stop' },
  },
  ...['reasoning_content', 'reasoning'].map((field) => ({
    name: `10 thoughts in ${field}`,
    body: sse(chunk({ [field]: 'hm' }), chunk({ [field]: '…' }), chunk({ content: 'a' }), chunk({}, 'stop')),
    expected: { reasoning: ['hm…'], text: 'a', finish: 'stop' },
    model: served(vllm),
  })),
  {
    name: '11 refusal',
    body: sse(chunk({ refusal: 'No' }), chunk({ refusal: '.' }), chunk({}, 'stop')),
    expected: { text: 'No.', finish: 'content-filter' },
  },
  {
    name: '11 filtered',
    body: sse(chunk({ content: 'a' }), chunk({}, 'content_filter')),
    expected: { text: 'a', finish: 'content-filter' },
  },
  {
    name: '13 an error before any output',
    body: sse(chunk({ role: 'assistant' }), { error: { message: 'busy', type: 'server_error', code: null } }),
    expected: { error: 'PF_MODEL_UNAVAILABLE' },
  },
  {
    name: '13 an error with a number for code',
    body: sse({ error: { message: 'busy', code: 429 } }),
    expected: { error: 'PF_MODEL_RATE_LIMITED' },
    model: served(openRouter),
  },
  {
    name: '13 an error as plain text',
    body: sse({ error: 'Model is overloaded' }),
    expected: { error: 'PF_MODEL_UNAVAILABLE' },
  },
  {
    name: '14 an error after output',
    body: sse(chunk({ content: 'a' }), { error: { message: 'busy', code: 502 } }),
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  { name: '15 no end', body: sse(chunk({ content: 'a' })), expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' } },
  {
    name: '15 no end, no output',
    body: sse(chunk({ role: 'assistant' })),
    expected: { error: 'PF_MODEL_UNAVAILABLE' },
  },
  {
    name: '15 cut in a line',
    body: `${sse(chunk({ content: 'a' }))}data: {"id":"c1","cho`,
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  {
    name: '15 no blank line behind the last event',
    body: sse(chunk({ content: 'a' }), chunk({}, 'stop')).trimEnd(),
    expected: { text: 'a', finish: 'stop' },
  },
  {
    name: '15 connection reset',
    body: sse(chunk({ content: 'a' })),
    stored: { cut: true },
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  {
    name: '16 data behind the end',
    body: sse(chunk({ content: 'a' }), chunk({}, 'stop'), chunk({ content: 'b' }), '[DONE]', '[DONE]'),
    expected: { text: 'a', finish: 'stop' },
  },
  {
    name: '17 what is not known',
    body: `event: news\n${sse({ type: 'news' }, chunk({ content: 'a', audio: { x: 1 }, logprobs: null }), chunk({}, 'tired'))}`,
    expected: { text: 'a', finish: 'other' },
  },
  {
    name: '18 JSON where a stream was asked for',
    body: JSON.stringify({
      ...head,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'a',
            tool_calls: [
              { id: 'x', type: 'function', function: fn('f', '{}') },
              { id: 'y', type: 'function', function: fn('f', '{}') },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage,
    }),
    stored: { headers: { 'content-type': 'application/json' } },
    expected: {
      text: 'a',
      calls: [
        ['f', '{}'],
        ['f', '{}'],
      ],
      finish: 'tool-calls',
      tokens: [9, 7],
    },
  },
  {
    name: '18 the same, called a stream',
    body: JSON.stringify({ ...head, choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }] }),
    expected: { text: 'a', finish: 'stop' },
  },
  {
    name: '18 an error as JSON with status 200',
    body: '{"error":{"message":"no such model","code":404}}',
    stored: { headers: { 'content-type': 'application/json' } },
    expected: { error: 'PF_MODEL_REQUEST_INVALID' },
  },
  {
    name: '18 a page with status 200',
    body: '<html>Sign in</html>',
    stored: { headers: { 'content-type': 'text/html' } },
    expected: { error: 'PF_MODEL_RESPONSE_INVALID' },
  },
  {
    name: '18 a page with status 502',
    body: '<html>Bad gateway</html>',
    stored: { status: 502, headers: { 'content-type': 'text/html' } },
    expected: { error: 'PF_MODEL_UNAVAILABLE' },
  },
  { name: '18 nothing at all', body: '', expected: { error: 'PF_MODEL_UNAVAILABLE' } },
  { name: 'garbage before output', body: 'data: {"oops\n\n', expected: { error: 'PF_MODEL_RESPONSE_INVALID' } },
  {
    name: 'garbage among events',
    body: `${sse(chunk({ content: 'a' }))}data: {"oops\n\n${sse(chunk({}, 'stop'))}`,
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  {
    name: '22 usage of Groq',
    body: sse(chunk({ content: 'a' }), {
      ...chunk({}, 'stop'),
      x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4 } },
    }),
    model: served(groq),
    expected: { text: 'a', finish: 'stop', tokens: [3, 4] },
  },
  {
    name: '22 usage that grows',
    body: sse(
      { ...chunk({ content: 'a' }), usage: { prompt_tokens: 3, completion_tokens: 1 } },
      { ...chunk({}, 'stop'), usage: { prompt_tokens: 3, completion_tokens: 4 } },
    ),
    model: served(deepSeek),
    expected: { text: 'a', finish: 'stop', tokens: [3, 4] },
  },
  {
    name: '22 usage without the tokens of thinking',
    body: sse(chunk({ content: 'a' }), { ...chunk({}, 'stop'), usage }),
    model: served({ ...groq, reasoningApart: true }),
    expected: { text: 'a', finish: 'stop', tokens: [9, 9] },
  },
  ...[{ prompt_tokens: 0, completion_tokens: 0 }, {}, null].map((nothing): Fixture => ({
    name: `22 usage, and ${JSON.stringify(nothing)} behind it`,
    body: sse({ ...chunk({ content: 'a' }, 'stop'), usage }, { choices: [], usage: nothing }, '[DONE]'),
    expected: { text: 'a', finish: 'stop', tokens: [9, 7] },
  })),
  {
    name: '22 Moonshot has the usage in the choice',
    body: sse({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', usage }] }),
    expected: { text: 'a', finish: 'stop', tokens: [9, 7] },
  },
  {
    name: 'a field of thoughts that is empty beside the other',
    body: sse(chunk({ reasoning_content: '', reasoning: 'hm' }), chunk({ content: 'a' }, 'stop')),
    expected: { reasoning: ['hm'], text: 'a', finish: 'stop' },
  },
  {
    name: 'a refusal as a part of the content',
    body: sse(chunk({ content: [{ type: 'refusal', refusal: 'No.' }] }), chunk({}, 'stop')),
    expected: { text: 'No.', finish: 'content-filter' },
  },
  ...[openAi, served(groq)].flatMap((model): Fixture[] => [
    {
      name: 'content as parts',
      body: sse(
        chunk({
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
            { type: 'text', text: 'a' },
            { type: 'reference', reference_ids: [1] },
          ],
        }),
        chunk({ content: [{ type: 'text', text: 'b' }] }),
        chunk({ content: '' }, 'stop'),
      ),
      model,
      expected: { reasoning: ['hm'], text: 'ab', finish: 'stop' },
    },
    {
      name: 'content as parts of other forms',
      body: sse(chunk({ content: [{ type: 'thinking', thinking: 'hm' }, 'a', null, 5, [[]]] }), chunk({}, 'stop')),
      model,
      expected: { reasoning: ['hm'], text: 'a', finish: 'stop' },
    },
    {
      name: 'content as parts, not streamed',
      body: JSON.stringify({
        choices: [{ message: { content: { type: 'text', text: 'a' } }, finish_reason: 'stop' }],
      }),
      stored: { headers: { 'content-type': 'application/json' } },
      model,
      expected: { text: 'a', finish: 'stop' },
    },
  ]),
  {
    name: 'escapes cut between surrogates',
    body: 'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\ndata: {"choices":[{"delta":{"content":"\\ude00"},"finish_reason":"stop"}]}\n\n',
    expected: { text: '😀', finish: 'stop' },
  },
]

describe('answers of Chat Completions', () => {
  it.each(fixtures)('$name', (fixture) => checkFixture(fixture, openAi))

  it('starts, ends and orders its parts', async () => {
    const host = hostOf({ body: plain, headers: { 'x-request-id': 'req_1' } })
    const { parts } = await read(openAi(host))
    expect(parts).toEqual([
      {
        type: 'response-start',
        provider: 'openai',
        modelId: 'm-1',
        responseId: 'c1',
        requestId: 'req_1',
        warnings: [],
      },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Hel' },
      { type: 'text-delta', id: '0', delta: emoji },
      { type: 'text-end', id: '0' },
      {
        type: 'finish',
        finish: { reason: 'stop', raw: 'stop', complete: true },
        usage: { inputTokens: 9, cacheReadTokens: 4, outputTokens: 7, reasoningTokens: 2, raw: usage },
      },
    ])
  })

  it.each<[string, object, object]>([
    [
      '22 DeepSeek counts what its cache had at the top',
      { prompt_tokens: 9, completion_tokens: 7, prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 3 },
      { inputTokens: 9, outputTokens: 7, cacheReadTokens: 6 },
    ],
    [
      '22 OpenRouter says what it cost',
      { prompt_tokens: 9, completion_tokens: 7, cost: 0.0123 },
      { inputTokens: 9, outputTokens: 7, costUsd: 0.0123 },
    ],
    [
      '22 OpenAI: of the cache read and written, and of thinking',
      {
        prompt_tokens: 9,
        completion_tokens: 7,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { inputTokens: 9, outputTokens: 7, cacheReadTokens: 4, cacheWriteTokens: 2, reasoningTokens: 3 },
    ],
  ])('%s', async (_, usage, expected) => {
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    const model = createOpenAiChat({ model: 'm', host: hostOf({ body: sse(end, { choices: [], usage }) }) })
    const { raw, ...told } = (await generate(model, hello)).usage
    expect([told, raw]).toEqual([expected, usage])
  })

  it('takes a megabyte of arguments', async () => {
    const pieces = Array.from({ length: 1024 }, () => call({ index: 0, function: { arguments: 'x'.repeat(1024) } }))
    const body = sse(
      call({ index: 0, id: 'a', function: fn('f', '"') }),
      ...pieces,
      call({ index: 0, function: { arguments: '"' } }),
      chunk({}, 'tool_calls'),
    )
    const { parts } = await read(openAi(hostOf({ body }, 4096)))
    expect(parts.find((part) => part.type === 'tool-call-end')).toMatchObject({ arguments: `"${'x'.repeat(1 << 20)}"` })
  })

  it('refuses an event without end', async () => {
    const host = hostOf({ body: `data: ${'x'.repeat(5000)}` }, 1000)
    const { error } = await read(createOpenAiChat({ model: 'm', host, attempts: 1, maxEventLength: 2000 }))
    expect(error).toMatchObject({ code: 'PF_MODEL_RESPONSE_INVALID', retryable: false })
  })

  it('gives ids that are missing, its own and different', async () => {
    const body = sse(
      call({ index: 0, function: fn('f', '{}') }),
      call({ index: 1, function: fn('f', '{}') }),
      chunk({}, 'stop'),
    )
    const { parts } = await read(openAi({ ...hostOf({ body }), random: createSeededRandom(3) }))
    const ids = parts.flatMap((part) => (part.type === 'tool-call-end' ? [part.toolCallId] : []))
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^call_[0-9a-f]{24}$/)
  })

  it('cancels the answer where the reader leaves', async () => {
    let canceled = false
    const stream = bodyOf(new TextEncoder().encode(plain), 20)
    const reader = stream.getReader()
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        controller.enqueue((await reader.read()).value as Uint8Array)
      },
      cancel() {
        canceled = true
      },
    })
    const host: ModelHost = {
      fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    }
    for await (const part of openAi(host).stream(hello)) if (part.type === 'text-delta') break
    expect(canceled).toBe(true)
  })
})
