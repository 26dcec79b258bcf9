import type { ModelAssistantPart, ModelCall, ModelMessage } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hostOf, read, sse } from '../../test/harness'
import { generate } from '../reply/generate'
import type { ChatProfile } from './chat-profile'
import { createCompatibleModel } from './compatible'
import { createAzureChat, createOpenAiChat } from './openai-chat'
import { deepSeek, groq, openRouter, together, vllm } from './servers'

const done = sse({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] })
const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false }

const conversation: ModelMessage[] = [
  { role: 'system', text: 'rules' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'look' },
      { type: 'file', mediaType: 'image/png', raw: 'AAAA' },
      { type: 'file', mediaType: 'application/pdf', raw: 'BBBB', filename: 'a.pdf' },
    ],
  },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'I look.' },
      { type: 'tool-call', toolCallId: 'c1', name: 'geo.find', arguments: '{"a":1}' },
      { type: 'tool-call', toolCallId: 'c2', name: 'draw', arguments: '{}' },
    ],
  },
  {
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: 'c1', name: 'geo.find', parts: [{ text: 'no such place' }], isError: true },
      {
        type: 'tool-result',
        toolCallId: 'c2',
        name: 'draw',
        parts: [{ data: { ok: true } }, { raw: 'CCCC', mediaType: 'image/png' }],
      },
    ],
  },
]

const call: ModelCall = {
  messages: conversation,
  tools: [
    { name: 'geo.find', description: 'finds', parameters: { $schema: 'x', ...schema }, strict: true },
    { name: 'draw', parameters: { type: 'object', properties: { b: {} } }, strict: true },
  ],
  toolChoice: { tool: 'geo.find' },
  parallelToolCalls: true,
  maxOutputTokens: 800,
  reasoning: { effort: 'low' },
  output: { schema, name: 'out' },
  providerOptions: { openai: { prompt_cache_key: 'k' }, anthropic: { other: 1 } },
}

describe('requests of Chat Completions', () => {
  it('has all of a conversation, the same every time', async () => {
    const host = hostOf({ body: done })
    const model = createOpenAiChat({ model: 'gpt-x', apiKey: 'secret', host })
    await read(model, call)
    await read(model, call)
    expect(host.bodies[0]).toBe(host.bodies[1])
    expect(host.urls[0]).toBe('https://api.openai.com/v1/chat/completions')
    expect(new Headers(host.inits[0]?.headers).get('authorization')).toBe('Bearer secret')
    const body = JSON.parse(host.bodies[0] as string)
    const found = body.tools[0].function.name as string
    expect(found).toMatch(/^geo_find_[0-9a-f]{8}$/)
    expect(body).toEqual({
      model: 'gpt-x',
      messages: [
        { role: 'developer', content: 'rules' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' } },
          ],
        },
        {
          role: 'assistant',
          content: 'I look.',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: found, arguments: '{"a":1}' } },
            { id: 'c2', type: 'function', function: { name: 'draw', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'no such place' },
        { role: 'tool', tool_call_id: 'c2', content: '{"ok":true}' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'From draw (c2):' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,CCCC' } },
          ],
        },
      ],
      tools: [
        { type: 'function', function: { name: found, description: 'finds', parameters: schema, strict: true } },
        { type: 'function', function: { name: 'draw', parameters: { type: 'object', properties: { b: {} } } } },
      ],
      tool_choice: { type: 'function', function: { name: found } },
      parallel_tool_calls: true,
      max_completion_tokens: 800,
      reasoning_effort: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'out', schema, strict: true } },
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      prompt_cache_key: 'k',
    })
  })

  it('gives calls back under the name of the tool', async () => {
    const host = hostOf({ body: done })
    await read(createOpenAiChat({ model: 'm', host }), call)
    const { name } = JSON.parse(host.bodies[0] as string).tools[0].function
    const again = hostOf({
      body: sse({
        choices: [
          { delta: { tool_calls: [{ index: 0, id: 'x', function: { name, arguments: '' } }] }, finish_reason: 'stop' },
        ],
      }),
    })
    const { toolCalls } = await generate(createOpenAiChat({ model: 'm', host: again }), call)
    expect(toolCalls).toEqual([{ type: 'tool-call', toolCallId: 'x', name: 'geo.find', arguments: '{}' }])
  })

  it('keeps thoughts as each server wants them back', async () => {
    const details = [{ type: 'reasoning.encrypted', data: 'e', id: 'r', format: 'f' }]
    const answer = sse(
      { choices: [{ delta: { reasoning: 'hm', reasoning_details: details } }] },
      {
        choices: [
          {
            delta: {
              tool_calls: [
                {
                  id: 'x',
                  extra_content: { google: { thought_signature: 's' } },
                  function: { name: 'f', arguments: '{}' },
                },
              ],
            },
            finish_reason: 'tool_calls',
          },
        ],
      },
    )
    const host = hostOf({ body: answer })
    const model = createCompatibleModel({ server: openRouter, model: 'm', host })
    const first = await generate(model, { messages: [] })
    const results: ModelMessage = {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'x', name: 'f', parts: [] }],
    }
    const history: ModelMessage[] = [JSON.parse(JSON.stringify(first.message)), results]
    await generate(model, { messages: history })
    expect(JSON.parse(host.bodies[1] as string).messages).toEqual([
      {
        role: 'assistant',
        content: null,
        reasoning: 'hm',
        reasoning_details: details,
        tool_calls: [
          {
            id: 'x',
            type: 'function',
            extra_content: { google: { thought_signature: 's' } },
            function: { name: 'f', arguments: '{}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'x', content: 'Done.' },
    ])
    const other = hostOf({ body: done })
    await generate(createCompatibleModel({ server: deepSeek, model: 'm', host: other }), { messages: history })
    const sent = JSON.parse(other.bodies[0] as string).messages[0]
    // DeepSeek takes its own thoughts of turns with calls; what belongs to OpenRouter stays behind, words and all.
    expect(sent).toEqual({
      role: 'assistant',
      content: null,
      reasoning_content: '',
      tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }],
    })
  })

  it('sends thoughts back by turns: with all of one that called tools, with none of the others', async () => {
    const said = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
    const own = Object.fromEntries([deepSeek, vllm, groq, openRouter, together].map(({ provider }) => [provider, {}]))
    const answer = (thought: string, part: ModelAssistantPart): ModelMessage => ({
      role: 'assistant',
      content: [...(thought === '' ? [] : [{ type: 'reasoning' as const, text: thought, providerData: own }]), part],
    })
    const calls = (toolCallId: string): ModelAssistantPart => ({
      type: 'tool-call',
      toolCallId,
      name: 'f',
      arguments: '{}',
    })
    const result = (toolCallId: string): ModelMessage => ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId, name: 'f', parts: [{ text: 'r' }] }],
    })
    const text = (value: string): ModelAssistantPart => ({ type: 'text', text: value })
    const messages: ModelMessage[] = [
      ...[said('q1'), answer('T1', text('a1'))],
      ...[
        said('q2'),
        answer('T2', calls('a')),
        result('a'),
        answer('', calls('b')),
        result('b'),
        answer('T3', text('a2')),
      ],
      ...[said('q3'), answer('T4', text('a3'))],
    ]
    const sent = async (server: ChatProfile): Promise<unknown[]> => {
      const host = hostOf({ body: done })
      await generate(createCompatibleModel({ server, model: 'm', host }), { messages })
      const body = JSON.parse(host.bodies[0] as string) as { messages: Record<string, unknown>[] }
      const field = server.reasoningField ?? 'reasoning_content'
      return body.messages.filter(({ role }) => role === 'assistant').map((message) => message[field])
    }
    // DeepSeek wants the field from every answer of such a turn, also where there was no thought.
    expect(await sent(deepSeek)).toEqual([undefined, 'T2', '', 'T3', undefined])
    for (const server of [vllm, groq]) expect(await sent(server)).toEqual([undefined, 'T2', undefined, 'T3', undefined])
    expect(await sent(openRouter)).toEqual(['T1', 'T2', undefined, 'T3', 'T4'])
    expect(await sent(together)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })

  it('tells a server without schemas in words', async () => {
    const host = hostOf({ body: done })
    await read(createCompatibleModel({ server: deepSeek, model: 'm', host }), {
      messages: conversation,
      output: { schema },
    })
    const body = JSON.parse(host.bodies[0] as string)
    expect(body.response_format).toEqual({ type: 'json_object' })
    expect(body.messages[1].content).toContain(JSON.stringify(schema))
    expect(body.messages.map(({ role }: { role: string }) => role).slice(0, 3)).toEqual(['system', 'system', 'user'])
  })

  it('replaces ids that a server does not take, the same for call and result', async () => {
    const host = hostOf({ body: done })
    const server = { ...deepSeek, toolCallId: { pattern: /^[A-Za-z0-9]{9}$/, length: 9 } }
    await read(createCompatibleModel({ server, model: 'm', host }), { messages: conversation })
    const { messages } = JSON.parse(host.bodies[0] as string)
    const ids = messages[2].tool_calls.map(({ id }: { id: string }) => id)
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{9}$/)
    expect([messages[3].tool_call_id, messages[4].tool_call_id]).toEqual(ids)
  })

  it('finds Azure, classic and v1, by key and by token', async () => {
    const host = hostOf({ body: done })
    const base = { endpoint: 'https://x.openai.azure.com/', model: 'gpt-x', deployment: 'my dep', host }
    await read(createAzureChat({ ...base, apiVersion: '2024-10-21', apiKey: 'k' }), call)
    let number = 0
    await read(createAzureChat({ ...base, auth: 'bearer', apiKey: () => `token${++number}` }), call)
    expect(host.urls).toEqual([
      'https://x.openai.azure.com/openai/deployments/my%20dep/chat/completions?api-version=2024-10-21',
      'https://x.openai.azure.com/openai/v1/chat/completions',
    ])
    expect(JSON.parse(host.bodies[0] as string)).not.toHaveProperty('model')
    expect(JSON.parse(host.bodies[1] as string).model).toBe('my dep')
    expect(new Headers(host.inits[0]?.headers).get('api-key')).toBe('k')
    expect(new Headers(host.inits[1]?.headers).get('authorization')).toBe('Bearer token1')
  })
})
