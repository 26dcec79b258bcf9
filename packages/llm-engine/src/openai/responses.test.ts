import {
  type LanguageModel,
  type ModelCall,
  type ModelHost,
  type ModelMessage,
  type ModelProfile,
  PfError,
} from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { checkFixture, type Fixture } from '../../test/fixtures'
import { hello, hostOf, named, read } from '../../test/harness'
import { generate } from '../reply/generate'
import { createAzureResponses, createOpenAiResponses } from './openai-responses'

const openAi = (host: ModelHost): LanguageModel => createOpenAiResponses({ model: 'm', apiKey: 'k', host, attempts: 1 })

type Event = { type: string; [field: string]: unknown }
const usage = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 2 },
}
const tokens = [9, 7]
const created: Event = { type: 'response.created', response: { id: 'resp_1', model: 'm-1', status: 'in_progress' } }
const over = (status = 'completed', more: object = {}): Event => ({
  type: status === 'completed' ? 'response.completed' : 'response.incomplete',
  response: { id: 'resp_1', model: 'm-1', status, usage, ...more },
})
const added = (output_index: number, item: object): Event => ({
  type: 'response.output_item.added',
  output_index,
  item,
})
const done = (output_index: number, item: object): Event => ({ type: 'response.output_item.done', output_index, item })
const piece = (output_index: number, delta: string, kind = 'output_text'): Event => ({
  type: `response.${kind}.delta`,
  output_index,
  item_id: 'whatever',
  delta,
})
const text = (index: number, ...pieces: string[]): Event[] => {
  const item = { id: 'msg', type: 'message', role: 'assistant' }
  return [
    added(index, { ...item, content: [] }),
    ...pieces.map((delta) => piece(index, delta)),
    done(index, { ...item, content: [{ type: 'output_text', text: pieces.join('') }] }),
  ]
}
const item = (call_id: string, name: string, args: string): object => ({
  id: `fc_${call_id}`,
  type: 'function_call',
  call_id,
  name,
  arguments: args,
})
const args = (index: number, delta: string): Event => piece(index, delta, 'function_call_arguments')

const plain = named(created, ...text(0, 'Hel', '', 'Grüße 😀'), over())
const answered = { text: 'HelGrüße 😀', finish: 'stop', tokens }
const partial = named(created, added(0, { type: 'message' }), piece(0, 'a'))
const json = { headers: { 'content-type': 'application/json' } }
const thought = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'hm' }],
  encrypted_content: 'whole',
}

const fixtures: Fixture[] = [
  { name: '1 plain text', body: plain, expected: answered },
  { name: '2 CRLF, comments', body: `: hi\r\n\r\n${plain.replaceAll('\n', '\r\n')}`, expected: answered },
  { name: '2 no event names', body: plain.replace(/event: .*\n/g, ''), expected: answered },
  {
    name: '4 one call in pieces',
    body: named(
      created,
      added(0, item('c', 'sum', '')),
      args(0, '{"a"'),
      args(0, ':1}'),
      done(0, item('c', 'sum', '{"a":1}')),
      over(),
    ),
    expected: { calls: [['sum', '{"a":1}']], finish: 'tool-calls', tokens },
  },
  {
    name: '5 calls interleaved',
    body: named(
      created,
      added(0, item('a', 'f', '')),
      added(1, item('b', 'g', '')),
      args(1, '{"b"'),
      args(0, '{"a"'),
      args(1, ':2}'),
      args(0, ':1}'),
      done(0, item('a', 'f', '{"a":1}')),
      done(1, item('b', 'g', '{"b":2}')),
      over(),
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
    name: '6 only the end of the item; 7 no arguments',
    body: named(created, done(0, item('a', 'f', '{}')), done(1, item('b', 'g', '')), over()),
    expected: {
      calls: [
        ['f', '{}'],
        ['g', '{}'],
      ],
      finish: 'tool-calls',
      tokens,
    },
  },
  {
    name: '8 cut arguments',
    body: named(
      created,
      added(0, item('a', 'f', '')),
      args(0, '{"a":'),
      over('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
    ),
    expected: { calls: [['f', '{"a":']], cut: 1, finish: 'length', tokens },
  },
  {
    name: '10 thoughts',
    body: named(
      created,
      added(0, { ...thought, summary: [], encrypted_content: 'pa' }),
      piece(0, 'h', 'reasoning_summary_text'),
      piece(0, 'm', 'reasoning_summary_text'),
      done(0, thought),
      ...text(1, 'a'),
      over(),
    ),
    expected: { reasoning: ['hm'], text: 'a', finish: 'stop', tokens },
  },
  {
    name: '6 items that were never announced; what comes behind their end',
    body: named(
      created,
      piece(0, 'hm', 'reasoning_text'),
      piece(1, 'a', 'output_text'),
      piece(1, 'b', 'output_text'),
      done(1, { id: 'msg', type: 'message', content: [{ type: 'output_text', text: 'ab' }] }),
      piece(1, 'c', 'output_text'),
      over(),
    ),
    expected: { reasoning: ['hm'], text: 'ab', finish: 'stop', tokens },
  },
  {
    name: '6 pieces without a place are told once, by the end of the item',
    body: named(
      created,
      { type: 'response.output_text.delta', delta: 'Hel' },
      { type: 'response.output_text.delta', delta: 'lo' },
      done(0, { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }),
      over(),
    ),
    expected: { text: 'Hello', finish: 'stop', tokens },
  },
  {
    name: '6 pieces without a place, and no end of the item but that of the answer',
    body: named(
      created,
      { type: 'response.output_text.delta', delta: 'Hello' },
      over('completed', { output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }] }),
    ),
    expected: { text: 'Hello', finish: 'stop', tokens },
  },
  {
    name: '6 an item that is announced behind its first piece',
    body: named(
      created,
      piece(0, 'Hel'),
      added(0, { type: 'message' }),
      piece(0, 'lo'),
      done(0, { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }),
      over(),
    ),
    expected: { text: 'Hello', finish: 'stop', tokens },
  },
  {
    name: '3 pieces without text',
    body: named(
      created,
      added(0, thought),
      piece(0, '', 'reasoning_summary_text'),
      done(0, { ...thought, summary: [] }),
      ...text(1, '', 'a', ''),
      added(2, item('c', 'f', '')),
      args(2, ''),
      args(2, '{"a"'),
      args(2, ''),
      args(2, ':1}'),
      done(2, item('c', 'f', '{"a":1}')),
      over(),
    ),
    expected: { reasoning: [''], text: 'a', calls: [['f', '{"a":1}']], finish: 'tool-calls', tokens },
  },
  {
    name: '11 refusal',
    body: named(
      created,
      added(0, { type: 'message' }),
      piece(0, 'No.', 'refusal'),
      done(0, { type: 'message' }),
      over(),
    ),
    expected: { text: 'No.', finish: 'content-filter', tokens },
  },
  {
    name: '11 filtered',
    body: named(created, ...text(0, 'a'), over('incomplete', { incomplete_details: { reason: 'content_filter' } })),
    expected: { text: 'a', finish: 'content-filter', tokens },
  },
  {
    name: '13 failed before any output',
    body: named(created, {
      type: 'response.failed',
      response: { error: { code: 'rate_limit_exceeded', message: 'x' } },
    }),
    expected: { error: 'PF_MODEL_RATE_LIMITED' },
  },
  {
    name: '13 error before any output',
    body: named({ type: 'error', code: 'server_error', message: 'x', param: null }),
    expected: { error: 'PF_MODEL_UNAVAILABLE' },
  },
  {
    name: '13 bad prompt',
    body: named({ type: 'error', code: 'invalid_prompt', message: 'x' }),
    expected: { error: 'PF_MODEL_REQUEST_INVALID' },
  },
  {
    name: '14 failed after output',
    body: `${partial}${named({ type: 'response.failed', response: { error: { code: 'server_error' } } })}`,
    expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' },
  },
  { name: '15 no end', body: partial, expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' } },
  { name: '15 reset', body: partial, stored: { cut: true }, expected: { text: 'a', error: 'PF_MODEL_INTERRUPTED' } },
  { name: '15 no blank line behind the end', body: plain.trimEnd(), expected: answered },
  { name: '16 events behind the end', body: `${plain}${named(...text(1, 'b'))}`, expected: answered },
  {
    name: '17 what is not known',
    body: named(
      created,
      { type: 'response.news' },
      piece(7, 'x', 'hologram'),
      done(0, { type: 'hologram', id: 'h' }),
      ...text(1, 'a'),
      over(),
    ),
    expected: { text: 'a', finish: 'stop', tokens },
  },
  {
    name: '18 JSON where a stream was asked for',
    body: JSON.stringify({
      id: 'r',
      status: 'completed',
      usage,
      error: null,
      output: [thought, { type: 'message', content: [{ type: 'output_text', text: 'a' }] }, item('c', 'f', '{}')],
    }),
    stored: json,
    expected: { reasoning: ['hm'], text: 'a', calls: [['f', '{}']], finish: 'tool-calls', tokens },
  },
]

describe('answers of the Responses interface', () => {
  it.each(fixtures)('$name', (fixture) => checkFixture(fixture, openAi))
})

describe('requests of the Responses interface', () => {
  it('gives thoughts and foreign items back where they were, to OpenAI alone', async () => {
    const search = { id: 'ws_1', type: 'web_search_call', status: 'completed' }
    const host = hostOf({
      body: named(
        created,
        done(0, thought),
        done(1, search),
        done(2, item('c', 'f', '{"a":1}')),
        ...text(3, 'a'),
        over(),
      ),
    })
    const { message } = await generate(openAi(host), hello)
    const messages: ModelMessage[] = [
      ...hello.messages,
      JSON.parse(JSON.stringify(message)),
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', name: 'f', parts: [{ text: '3' }] }] },
    ]
    await generate(openAi(host), { messages })
    expect(JSON.parse(host.bodies[1] as string).input).toEqual([
      { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
      thought,
      search,
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
      { role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
      { type: 'function_call_output', call_id: 'c', output: '3' },
    ])
    const azure = createAzureResponses({ endpoint: 'https://x.openai.azure.com', model: 'm', apiKey: 'k', host })
    await read(azure, { messages })
    expect(host.urls[2]).toBe('https://x.openai.azure.com/openai/v1/responses')
    expect(host.bodies[2]).not.toContain('rs_1')
    expect(() => createAzureResponses({ endpoint: 'https://x', model: 'm', apiVersion: '1' })).toThrow(PfError)
  })

  it('has all of a call', async () => {
    const host = hostOf({ body: plain })
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const { parts } = await read(openAi(host), {
      messages: [
        { role: 'system', text: 'rules' },
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'image/png', url: 'https://x/y.png' },
            { type: 'file', mediaType: 'application/pdf', raw: 'AAAA' },
          ],
        },
      ],
      tools: [
        { name: 'f', parameters: schema, strict: true },
        { name: 'g', parameters: { type: 'object', properties: { a: {} } }, strict: true },
      ],
      toolChoice: { allowed: ['f'] },
      maxOutputTokens: 800,
      seed: 1,
      reasoning: { effort: 'low' },
      output: { schema },
      providerOptions: { openai: { prompt_cache_key: 'k' } },
    })
    expect(parts[0]).toMatchObject({ warnings: [expect.stringContaining('seed')] })
    expect(JSON.parse(host.bodies[0] as string)).toEqual({
      model: 'm',
      input: [
        { role: 'developer', content: 'rules' },
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: 'https://x/y.png' },
            { type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,AAAA' },
          ],
        },
      ],
      tools: [
        { type: 'function', name: 'f', parameters: schema, strict: true },
        { type: 'function', name: 'g', parameters: { type: 'object', properties: { a: {} } }, strict: false },
      ],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
      max_output_tokens: 800,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { format: { type: 'json_schema', name: 'output', schema, strict: true } },
      store: false,
      include: ['reasoning.encrypted_content'],
      stream: true,
      stream_options: { include_obfuscation: false },
      prompt_cache_key: 'k',
    })
  })

  it('asks for thoughts where the model reasons, as far as that is known; the others would refuse it', async () => {
    const asked = async (make: (host: ModelHost) => LanguageModel, call: Partial<ModelCall> = {}): Promise<boolean> => {
      const host = hostOf({ body: '' })
      await read(make(host), { ...hello, ...call })
      const { include } = JSON.parse(host.bodies[0] as string) as { include?: string[] }
      return include?.includes('reasoning.encrypted_content') === true
    }
    const openAi = (model: string, profile?: ModelProfile) => (host: ModelHost) =>
      createOpenAiResponses({ model, host, attempts: 1, ...(profile && { profile }) })
    const azure = (model: string, profile?: ModelProfile) => (host: ModelHost) =>
      createAzureResponses({ endpoint: 'https://x', model, host, attempts: 1, ...(profile && { profile }) })
    for (const make of [openAi, azure]) {
      const known = [
        'gpt-5',
        'gpt-5-mini-2025-08-07',
        'gpt-5.1',
        'gpt-5.1-chat-latest',
        'o3',
        'o4-mini',
        'codex-mini-latest',
      ]
      // The same as `@ai-sdk/openai` thinks of, and those that are tuned, or routed to.
      const toCome = [
        'gpt-6',
        'gpt-6-nano',
        'gpt-7.2',
        'gpt-10',
        'o5',
        'o12-mini',
        'ft:o4-mini-2025-04-16:org::x',
        'openai/gpt-6',
      ]
      for (const model of [...known, ...toCome]) expect([model, await asked(make(model))]).toEqual([model, true])
      const others = ['gpt-3.5-turbo', 'gpt-35-turbo', 'gpt-4', 'gpt-4.1', 'gpt-4.5-preview', 'gpt-4o', 'gpt-4o-mini']
      const chats = ['gpt-5-chat-latest', 'gpt-6-chat-latest', 'chatgpt-4o-latest', 'ft:gpt-4.1-mini:org:o3:x']
      for (const model of [...others, ...chats, 'gpt-oss-120b', 'my-deployment', 'llama-4', 'ollama', 'olmo-3'])
        expect([model, await asked(make(model))]).toEqual([model, false])
      expect(await asked(make('my-deployment', { reasoning: true }))).toBe(true)
      expect(await asked(make('gpt-5', { reasoning: false }))).toBe(false)
      expect(await asked(make('my-deployment'), { reasoning: { effort: 'low' } })).toBe(true)
    }
  })

  it('warns where a model thinks that was not asked for its thoughts: they do not go back', async () => {
    const answer = (item: object) =>
      hostOf({
        body: named({
          type: 'response.completed',
          response: {
            status: 'completed',
            output: [item, { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }],
          },
        }),
      })
    const call = async (item: object, profile: ModelProfile = {}) => {
      const host = answer(item)
      const model = createAzureResponses({ endpoint: 'https://x', model: 'prod', host, attempts: 1, profile })
      const { message } = await generate(model, hello)
      const result: ModelMessage = {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'c', name: 'f', parts: [{ text: 'ok' }] }],
      }
      const { parts } = await read(model, { messages: [...hello.messages, message, result] })
      const { input } = JSON.parse(host.bodies[1] as string) as { input: { type?: string; role?: string }[] }
      const [start] = parts
      return [start?.type === 'response-start' && start.warnings.join(), input.map(({ type, role }) => type ?? role)]
    }
    const left = ['user', 'function_call', 'function_call_output']
    const warning = expect.stringContaining('`reasoning: true`')
    expect(await call({ type: 'reasoning', id: 'rs_1', summary: [] })).toEqual([warning, left])
    const given = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'e' }
    const kept = ['user', 'reasoning', 'function_call', 'function_call_output']
    expect(await call(given, { reasoning: true })).toEqual(['', kept])
    expect(await call(given)).toEqual(['', kept])
  })
})
