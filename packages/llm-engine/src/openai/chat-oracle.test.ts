// @node24-only: the official SDK is the same on both
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { oracleTurns, type Read } from '../../test/oracle-turns'
import { serveFake } from '../../test/serve-fake'
import { generate } from '../reply/generate'
import { createOpenAiChat } from './openai-chat'

const messages = [{ role: 'user' as const, content: 'Hello' }]

async function official(url: string, stream: boolean): Promise<Read> {
  const client = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 })
  const body = { model: 'm', messages }
  const completion = stream
    ? await client.chat.completions.stream({ ...body, stream_options: { include_usage: true } }).finalChatCompletion()
    : await client.chat.completions.create(body)
  const { message, finish_reason: finish } = completion.choices[0] as (typeof completion.choices)[0]
  return {
    text: message.content ?? '',
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== 'function') throw new Error('no function')
      return { id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }
    }),
    finish: finish === 'tool_calls' ? 'tool-calls' : finish,
    input: completion.usage?.prompt_tokens ?? -1,
    output: completion.usage?.completion_tokens ?? -1,
  }
}

async function ours(url: string): Promise<Read> {
  const model = createOpenAiChat({ model: 'm', apiKey: 'k', baseUrl: `${url}/v1`, attempts: 1 })
  const { text, toolCalls, finish, usage } = await generate(model, {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  })
  return {
    text,
    calls: toolCalls.map((call) => ({ id: call.toolCallId, name: call.name, arguments: JSON.parse(call.arguments) })),
    finish: finish.reason,
    input: usage.inputTokens ?? -1,
    output: usage.outputTokens ?? -1,
  }
}

describe('the SDK of OpenAI and our client, at the same server', () => {
  it.each(Object.entries(oracleTurns))('read the same: %s', async (_name, turn) => {
    const provider = await serveFake(() => turn)
    try {
      const mine = await ours(provider.url)
      // The helper of the SDK throws where an answer was cut off; its plain calls do not.
      if (turn.finish !== 'length') expect(await official(provider.url, true)).toEqual(mine)
      expect(await official(provider.url, false)).toEqual(mine)
      const [first] = provider.requests
      expect(first?.headers.get('authorization')).toBe('Bearer k')
    } finally {
      await provider.close()
    }
  })

  it('read the same error', async () => {
    const provider = await serveFake(() => ({ status: 429, headers: { 'x-request-id': 'req_9' } }))
    try {
      const client = new OpenAI({ apiKey: 'k', baseURL: `${provider.url}/v1`, maxRetries: 0 })
      const theirs = await client.chat.completions.create({ model: 'm', messages }).catch((error: unknown) => error)
      const mine = await ours(provider.url).catch((error: unknown) => error)
      expect(theirs).toMatchObject({ status: 429, requestID: 'req_9', code: 'rate_limit_exceeded' })
      expect(mine).toMatchObject({ httpStatus: 429, requestId: 'req_9', providerCode: 'rate_limit_exceeded' })
    } finally {
      await provider.close()
    }
  })
})
