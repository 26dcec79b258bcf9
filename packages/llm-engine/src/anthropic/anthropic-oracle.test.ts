// @node24-only: the official SDK is the same on both
import Anthropic from '@anthropic-ai/sdk'
import type { JsonObject, ModelMessage } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { oracleTurns, type Read } from '../../test/oracle-turns'
import { serveFake } from '../../test/serve-fake'
import { hello, hostOf, named } from '../../test/harness'
import { generate } from '../reply/generate'
import { createAnthropic } from './anthropic'

const reasons: Record<string, string> = { end_turn: 'stop', tool_use: 'tool-calls', max_tokens: 'length' }

async function official(url: string, stream: boolean): Promise<Read> {
  const client = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 })
  const body = { model: 'm', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] }
  const message = stream ? await client.messages.stream(body).finalMessage() : await client.messages.create(body)
  const { usage } = message
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    finish: reasons[message.stop_reason ?? ''] ?? 'other',
    input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
  }
}

describe('the SDK of Anthropic and our client, at the same server', () => {
  it.each(Object.entries(oracleTurns))('read the same: %s', async (_name, turn) => {
    const provider = await serveFake(() => ({ reasoning: 'hm', ...turn }))
    try {
      const model = createAnthropic({ model: 'm', apiKey: 'k', baseUrl: provider.url, attempts: 1 })
      const { text, toolCalls, finish, usage, message } = await generate(model, hello)
      const calls = toolCalls.map((call) => ({
        id: call.toolCallId,
        name: call.name,
        arguments: JSON.parse(call.arguments) as unknown,
      }))
      const mine: Read = {
        text,
        calls,
        finish: finish.reason,
        input: usage.inputTokens ?? -1,
        output: usage.outputTokens ?? -1,
      }
      expect(await official(provider.url, true)).toEqual(mine)
      expect(await official(provider.url, false)).toEqual(mine)
      expect(message.content[0]).toMatchObject({
        type: 'reasoning',
        text: 'hm',
        providerData: { anthropic: { signature: 'signature_1' } },
      })
    } finally {
      await provider.close()
    }
  })
})

/** Blocks as they begin, and what comes of them after that. */
const blocks: Record<string, [JsonObject, ...JsonObject[]]> = {
  thinking: [
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'ab' },
    { type: 'thinking_delta', thinking: 'c' },
    { type: 'signature_delta', signature: 'S' },
  ],
  'thinking that is hidden': [{ type: 'redacted_thinking', data: 'D' }],
  'text with citations': [
    { type: 'text', text: '', citations: [] },
    { type: 'text_delta', text: 'Cited' },
    {
      type: 'citations_delta',
      citation: { type: 'web_search_result_location', url: 'u', title: 't', encrypted_index: 'e', cited_text: 'c' },
    },
  ],
  'a call': [
    { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
    { type: 'input_json_delta', partial_json: '' },
    { type: 'input_json_delta', partial_json: '{"a":"é😀"}' },
  ],
  'a call that code of the model made': [
    {
      type: 'tool_use',
      id: 'toolu_2',
      name: 'f',
      input: {},
      caller: { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' },
    },
    { type: 'input_json_delta', partial_json: '{"a":1}' },
  ],
  'a call of a tool of a set': [
    { type: 'tool_use', id: 'toolu_3', name: 'f', input: {}, caller: { type: 'direct' }, toolset_name: 'browser' },
    { type: 'input_json_delta', partial_json: '{}' },
  ],
  'a call that the provider runs': [
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    { type: 'input_json_delta', partial_json: '{"query":"x"}' },
  ],
  'what came of it': [{ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }],
  compaction: [
    { type: 'compaction', content: null },
    { type: 'compaction_delta', content: 'SUMMARY', encrypted_content: 'enc' },
  ],
  'compaction that is signed': [
    { type: 'compaction', content: null, encrypted_content: null, signature: 'S', tool_changes: [] },
    { type: 'compaction_delta', content: 'SUMMARY' },
  ],
  'compaction that failed': [
    { type: 'compaction', content: null },
    { type: 'compaction_delta', content: null, encrypted_content: null },
  ],
}

describe('a block goes back as the SDK of Anthropic has it', () => {
  it.each(Object.entries(blocks))('%s', async (_name, [start, ...deltas]) => {
    const body = named(
      {
        type: 'message_start',
        message: {
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'c',
          content: [],
          stop_reason: null,
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: start },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    )
    const host = hostOf({ body })
    const model = createAnthropic({ model: 'c', apiKey: 'k', host })
    const { message } = await generate(model, hello)
    await generate(model, { messages: [...hello.messages, JSON.parse(JSON.stringify(message)) as ModelMessage] })
    const client = new Anthropic({
      apiKey: 'k',
      fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    })
    const { content } = await client.beta.messages
      .stream({ model: 'c', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] })
      .finalMessage()
    const sent = JSON.parse(host.bodies[1] as string) as { messages: { content: unknown }[] }
    expect(sent.messages[1]?.content).toEqual(JSON.parse(JSON.stringify(content)))
  })
})
