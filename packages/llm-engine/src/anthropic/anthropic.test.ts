import type { BetaStopReason } from '@anthropic-ai/sdk/resources/beta/messages/messages'
import type { LanguageModel, ModelCall, ModelHost, ModelMessage } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { checkFixture, type Fixture } from '../../test/fixtures'
import { hello, hostOf, named, read } from '../../test/harness'
import { generate } from '../reply/generate'
import { createAnthropic } from './anthropic'

const anthropic = (host: ModelHost): LanguageModel => createAnthropic({ model: 'm', apiKey: 'k', host, attempts: 1 })

type Event = { type: string; [field: string]: unknown }
const usage = { input_tokens: 3, cache_read_input_tokens: 10, cache_creation_input_tokens: 2, output_tokens: 1 }
const begin: Event = {
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm-1', content: [], stop_reason: null, usage },
}
const open = (index: number, content_block: object): Event => ({ type: 'content_block_start', index, content_block })
const delta = (index: number, fields: object): Event => ({ type: 'content_block_delta', index, delta: fields })
const close = (index: number): Event => ({ type: 'content_block_stop', index })
const stop = (stop_reason: string): Event[] => [
  {
    type: 'message_delta',
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 42, input_tokens: null },
  },
  { type: 'message_stop' },
]
const text = (index: number, ...pieces: string[]): Event[] => [
  open(index, { type: 'text', text: '' }),
  ...pieces.map((piece) => delta(index, { type: 'text_delta', text: piece })),
  close(index),
]
const json = (index: number, piece: string): Event => delta(index, { type: 'input_json_delta', partial_json: piece })
const tool = (index: number, id: string, name: string, ...pieces: string[]): Event[] => [
  open(index, { type: 'tool_use', id, name, input: {} }),
  ...pieces.map((piece) => json(index, piece)),
  close(index),
]

const plain = named(begin, { type: 'ping' }, ...text(0, 'Hel', 'Grüße 😀'), ...stop('end_turn'))
const answered = { text: 'HelGrüße 😀', finish: 'stop', tokens: [15, 42] }
const tokens = [15, 42]
const partial = named(begin, ...text(0, 'a'))
const overloaded: Event = { type: 'error', error: { type: 'overloaded_error', message: 'x' }, request_id: 'r' }
const whole = {
  id: 'msg_1',
  type: 'message',
  model: 'm-1',
  content: [
    { type: 'text', text: 'a' },
    { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
  ],
  stop_reason: 'tool_use',
  usage: { ...usage, output_tokens: 42 },
}

const fixtures: Fixture[] = [
  { name: '1 plain text', body: plain, expected: answered },
  { name: '2 CRLF', body: plain.replaceAll('\n', '\r\n'), expected: answered },
  { name: '2 bare CR', body: plain.replaceAll('\n', '\r'), expected: answered },
  {
    name: '2 byte order mark, no space, comments',
    body: `\uFEFF: hi\n\n${plain.replaceAll('data: ', 'data:')}`,
    expected: answered,
  },
  { name: '2 no event names', body: plain.replace(/event: .*\n/g, ''), expected: answered },
  { name: '2 no types in the data', body: plain.replace(/data: \{"type":"[^"]*",?/g, 'data: {'), expected: answered },
  {
    name: '4 one call in pieces',
    body: named(begin, ...tool(0, 't', 'sum', '', '{"a"', ':1}'), ...stop('tool_use')),
    expected: { calls: [['sum', '{"a":1}']], finish: 'tool-calls', tokens },
  },
  {
    name: '5 blocks interleaved',
    body: named(
      begin,
      open(0, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
      open(1, { type: 'tool_use', id: 'b', name: 'g', input: {} }),
      json(1, '{"b"'),
      json(0, '{"a"'),
      json(1, ':2}'),
      json(0, ':1}'),
      close(0),
      close(1),
      ...stop('tool_use'),
    ),
    expected: {
      calls: [
        ['f', '{"a":1}'],
        ['g', '{"b":2}'],
      ],
      finish: 'tool-calls',
      tokens,
    },
  },
  {
    name: '7 no arguments',
    body: named(begin, ...tool(0, 'a', 'now'), ...tool(1, 'b', 'now', ''), ...stop('tool_use')),
    expected: {
      calls: [
        ['now', '{}'],
        ['now', '{}'],
      ],
      finish: 'tool-calls',
      tokens,
    },
  },
  {
    name: '8 cut arguments: the last call alone',
    body: named(begin, ...tool(0, 'a', 'f', '{}'), ...tool(1, 'b', 'f', '{"a":'), ...stop('max_tokens')),
    expected: {
      calls: [
        ['f', '{}'],
        ['f', '{"a":'],
      ],
      cut: 1,
      finish: 'length',
      tokens,
    },
  },
  {
    name: '10 thoughts',
    body: named(
      begin,
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'old' }),
      delta(0, { type: 'signature_delta', signature: 'new' }),
      close(0),
      open(1, { type: 'redacted_thinking', data: 'x' }),
      close(1),
      ...text(2, 'a'),
      ...stop('end_turn'),
    ),
    expected: { reasoning: ['hm'], text: 'a', finish: 'stop', tokens },
  },
  {
    name: '3 pings and pieces without text',
    body: named(
      begin,
      { type: 'ping' },
      ...text(0, '', 'a', ''),
      { type: 'ping' },
      ...tool(1, 't', 'sum', '', '', '{"a"', '', ':1}', ''),
      ...stop('tool_use'),
    ),
    expected: { text: 'a', calls: [['sum', '{"a":1}']], finish: 'tool-calls', tokens },
  },
  {
    name: '10 a thought that is not shown',
    body: named(
      begin,
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: '' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      close(0),
      ...text(1, 'a'),
      ...stop('end_turn'),
    ),
    expected: { reasoning: [''], text: 'a', finish: 'stop', tokens },
  },
  {
    name: '11 refusal',
    body: named(begin, ...text(0, 'a'), ...stop('refusal')),
    expected: { text: 'a', finish: 'content-filter', tokens },
  },
  {
    name: 'a pause behind a compaction',
    body: named(
      begin,
      open(0, { type: 'compaction', content: null }),
      delta(0, { type: 'compaction_delta', content: 'So far: …', encrypted_content: 'e' }),
      close(0),
      ...stop('compaction'),
    ),
    expected: { finish: 'pause', tokens },
  },
  {
    name: 'a pause',
    body: named(
      begin,
      open(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      json(0, '{"query":"x"}'),
      close(0),
      ...stop('pause_turn'),
    ),
    expected: { finish: 'pause', tokens },
  },
  { name: '13 overloaded at once', body: named(overloaded), expected: { error: 'PF_MODEL_OVERLOADED' } },
  {
    name: '13 overloaded before any block',
    body: named(begin, { type: 'ping' }, overloaded),
    expected: { error: 'PF_MODEL_OVERLOADED' },
  },
  {
    name: '14 overloaded after output',
    body: `${partial}${named(overloaded)}`,
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  { name: '15 no end', body: partial, expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' } },
  { name: '15 reset', body: partial, stored: { cut: true }, expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' } },
  {
    name: '15 cut in a line',
    body: `${partial}event: message_delta\ndata: {"type":"mess`,
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  { name: '15 no blank line behind the end', body: plain.trimEnd(), expected: answered },
  {
    name: '15 a stop without a reason',
    body: named(begin, ...text(0, 'a'), { type: 'message_stop' }),
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  { name: '16 data behind the end', body: `${plain}${named(...text(1, 'b'))}`, expected: answered },
  {
    name: '17 what is not known',
    body: named(
      begin,
      { type: 'news' },
      delta(7, { type: 'text_delta', text: 'x' }),
      open(0, { type: 'hologram' }),
      delta(0, { type: 'ray_delta' }),
      close(0),
      ...text(1, 'a'),
      ...stop('tired'),
    ),
    expected: { text: 'a', finish: 'other', tokens },
  },
  {
    name: '18 JSON where a stream was asked for',
    body: JSON.stringify(whole),
    stored: { headers: { 'content-type': 'application/json' } },
    expected: { text: 'a', calls: [['f', '{"a":1}']], finish: 'tool-calls', tokens },
  },
  {
    name: '18 an error as JSON',
    body: JSON.stringify(overloaded),
    stored: { headers: { 'content-type': 'application/json' } },
    expected: { error: 'PF_MODEL_OVERLOADED' },
  },
]

describe('answers of Anthropic', () => {
  it.each(fixtures)('$name', (fixture) => checkFixture(fixture, anthropic))

  it('tells usage as it comes, and adds what the cache took part in', async () => {
    const { parts } = await read(anthropic(hostOf({ body: plain })))
    expect(parts.find(({ type }) => type === 'usage')).toMatchObject({ usage: { inputTokens: 15, outputTokens: 1 } })
    expect(parts.at(-1)).toMatchObject({
      usage: { inputTokens: 15, cacheReadTokens: 10, cacheWriteTokens: 2, outputTokens: 42 },
    })
    const iterations = [
      { type: 'compaction', input_tokens: 100, output_tokens: 10 },
      { type: 'message', input_tokens: 5, output_tokens: 2 },
    ]
    const body = named(
      begin,
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { iterations } },
      { type: 'message_stop' },
    )
    expect((await read(anthropic(hostOf({ body })))).parts.at(-1)).toMatchObject({
      usage: { inputTokens: 105, outputTokens: 12 },
    })
  })

  it('keeps figures that a later event has nothing for', async () => {
    const usage = { input_tokens: 0, cache_read_input_tokens: null, output_tokens: 9 }
    const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }
    const { parts } = await read(anthropic(hostOf({ body: named(begin, end, { type: 'message_stop' }) })))
    expect(parts.at(-1)).toMatchObject({ usage: { inputTokens: 15, cacheReadTokens: 10, outputTokens: 9 } })
  })

  it('22: what was written to the cache for an hour has its own price', async () => {
    const split = { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 700 }
    const body = named(
      {
        type: 'message_start',
        message: {
          ...(begin['message'] as object),
          usage: { ...usage, cache_creation_input_tokens: 1000, cache_creation: split },
        },
      },
      ...text(0, 'a'),
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: 42, cache_creation_input_tokens: 1000, cache_creation: null },
      },
      { type: 'message_stop' },
    )
    const prices = { input: 4, cacheRead: 1, cacheWrite: 5, cacheWriteLong: 8, output: 20 }
    const model = createAnthropic({ model: 'm', host: hostOf({ body }), profile: { prices } })
    expect((await generate(model, hello)).usage).toMatchObject({
      inputTokens: 1013,
      cacheReadTokens: 10,
      cacheWriteTokens: 1000,
      cacheWriteLongTokens: 700,
      costUsd: (3 * 4 + 10 * 1 + 300 * 5 + 700 * 8 + 42 * 20) / 1_000_000,
    })
  })
})

/** Every word of the SDK of Anthropic for the end, and what it is here. */
const ends: Record<BetaStopReason, string> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  pause_turn: 'pause',
  compaction: 'pause',
  refusal: 'content-filter',
}
it.each(Object.entries(ends))('%s is %s', async (word, reason) => {
  const { finish } = await generate(anthropic(hostOf({ body: named(begin, ...text(0, 'a'), ...stop(word)) })), hello)
  expect(finish).toEqual({ reason, raw: word, complete: true })
})

const png = { type: 'file', mediaType: 'image/png', raw: 'AAAA' } as const

describe('requests of Anthropic', () => {
  it('gives signatures, hidden thoughts and calls of its own back unchanged, and nobody else', async () => {
    const body = named(
      begin,
      open(0, { type: 'thinking', thinking: 'hm', signature: '' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      close(0),
      open(1, { type: 'redacted_thinking', data: 'x' }),
      close(1),
      open(2, { type: 'server_tool_use', id: 's', name: 'w', input: {} }),
      json(2, '{"q":1}'),
      close(2),
      ...tool(3, 't', 'f', '{"a":1}'),
      open(4, { type: 'thinking', thinking: '', signature: '' }),
      delta(4, { type: 'signature_delta', signature: 'unshown' }),
      close(4),
      ...stop('tool_use'),
    )
    const host = hostOf({ body })
    const { message } = await generate(anthropic(host), hello)
    const history: ModelMessage[] = [...hello.messages, JSON.parse(JSON.stringify(message))]
    await generate(anthropic(host), { messages: history })
    expect(JSON.parse(host.bodies[1] as string).messages[1].content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'server_tool_use', id: 's', name: 'w', input: { q: 1 } },
      { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
      { type: 'thinking', thinking: '', signature: 'unshown' },
    ])
  })

  it('has all of a conversation, roles in turn, results first', async () => {
    const host = hostOf({ body: plain })
    const schema = { type: 'object', properties: { a: { oneOf: [{ type: 'object', properties: {} }] } } }
    const call: ModelCall = {
      messages: [
        { role: 'system', text: 'rules', cache: 'long' },
        { role: 'user', content: [{ type: 'text', text: 'look' }, png, { type: 'text', text: ' ' }] },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'of another provider' },
            { type: 'text', text: '' },
            { type: 'tool-call', toolCallId: 'a.1', name: 'geo.find', arguments: '{"a":1}' },
            { type: 'tool-call', toolCallId: 'b', name: 'draw', arguments: '{broken' },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'a.1', name: 'geo.find', parts: [{ text: 'denied' }], isError: true },
            { type: 'tool-result', toolCallId: 'b', name: 'draw', parts: [{ raw: 'BBBB', mediaType: 'image/png' }] },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'go on', cache: true }] },
      ],
      tools: [{ name: 'geo.find', parameters: { type: 'object' } }],
      toolChoice: 'auto',
      parallelToolCalls: false,
      temperature: 0.5,
      reasoning: { effort: 'minimal', show: true },
      output: { schema },
    }
    const { parts } = await read(anthropic(host), call)
    await read(anthropic(host), call)
    expect(host.bodies[0]).toBe(host.bodies[1])
    const headers = new Headers(host.inits[0]?.headers)
    expect([headers.get('x-api-key'), headers.get('anthropic-version')]).toEqual(['k', '2026-10-21'])
    const body = JSON.parse(host.bodies[0] as string)
    const [{ name }] = body.tools
    const { id } = body.messages[1].content[0]
    expect(id).toMatch(/^toolu_[0-9a-f]{16}$/)
    expect(body).toEqual({
      model: 'm',
      max_tokens: 4096,
      system: [{ type: 'text', text: 'rules', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id, name, input: { a: 1 } },
            { type: 'tool_use', id: 'b', name: 'draw', input: { invalid_json: '{broken' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: id, content: 'denied', is_error: true },
            {
              type: 'tool_result',
              tool_use_id: 'b',
              content: [
                { type: 'text', text: 'The result is a file.' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'BBBB' } },
              ],
            },
            { type: 'text', text: 'go on', cache_control: { type: 'ephemeral' } },
          ],
        },
      ],
      tools: [{ name, input_schema: { type: 'object' } }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: {
        effort: 'low',
        format: {
          type: 'json_schema',
          schema: {
            type: 'object',
            properties: { a: { anyOf: [{ type: 'object', properties: {}, additionalProperties: false }] } },
            additionalProperties: false,
          },
        },
      },
      stream: true,
    })
    expect(parts[0]).toMatchObject({ warnings: [expect.stringContaining('temperature')] })
  })

  it('keeps to four cache marks', async () => {
    const host = hostOf({ body: plain })
    const content = Array.from({ length: 6 }, (_, index) => ({ type: 'text' as const, text: `${index}`, cache: true }))
    await read(anthropic(host), { messages: [{ role: 'user', content }] })
    const blocks = JSON.parse(host.bodies[0] as string).messages[0].content as {
      text: string
      cache_control?: object
    }[]
    expect(blocks.filter((block) => block.cache_control).map((block) => block.text)).toEqual(['0', '3', '4', '5'])
  })

  it('sends sampling under an older version, and the key as bearer where told', async () => {
    const host = hostOf({ body: plain })
    const model = createAnthropic({
      model: 'm',
      apiKey: 'k',
      host,
      version: '2023-06-01',
      auth: 'bearer',
      betas: ['a', 'b'],
    })
    await read(model, { ...hello, temperature: 0, reasoning: { budgetTokens: 5000 } })
    expect(JSON.parse(host.bodies[0] as string)).toMatchObject({
      temperature: 0,
      max_tokens: 9096,
      thinking: { type: 'enabled', budget_tokens: 5000 },
    })
    const headers = new Headers(host.inits[0]?.headers)
    expect([headers.get('authorization'), headers.get('anthropic-beta')]).toEqual(['Bearer k', 'a,b'])
  })
})
