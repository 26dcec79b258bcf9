// @node24-only: the official SDK is the same on both
import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { oracleTurns, type Read } from '../../test/oracle-turns'
import { serveFake } from '../../test/serve-fake'
import { hello } from '../../test/harness'
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
