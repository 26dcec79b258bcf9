// @node24-only: the official SDK is the same on both
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { hello } from '../../test/harness'
import { oracleTurns, type Read } from '../../test/oracle-turns'
import { serveFake } from '../../test/serve-fake'
import { generate } from '../reply/generate'
import { createOpenAiResponses } from './openai-responses'

async function official(url: string, stream: boolean): Promise<Read> {
  const client = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 })
  const body = { model: 'm', input: 'Hello' }
  const response = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body)
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) as unknown }]
      : [],
  )
  const cut = response.incomplete_details?.reason === 'max_output_tokens'
  return {
    text: response.output_text,
    calls,
    finish: cut ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop',
    input: response.usage?.input_tokens ?? -1,
    output: response.usage?.output_tokens ?? -1,
  }
}

describe('the SDK of OpenAI and our client of Responses, at the same server', () => {
  it.each(Object.entries(oracleTurns))('read the same: %s', async (_name, turn) => {
    const provider = await serveFake(() => ({ reasoning: 'hm', ...turn }))
    try {
      const model = createOpenAiResponses({ model: 'm', apiKey: 'k', baseUrl: `${provider.url}/v1`, attempts: 1 })
      const { text, toolCalls, finish, usage } = await generate(model, hello)
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
    } finally {
      await provider.close()
    }
  })
})
