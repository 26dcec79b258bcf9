// @node24-only: the official SDK is the same on both
import { GoogleGenAI, type GenerateContentResponse } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { hello } from '../../test/harness'
import { oracleTurns, type Read } from '../../test/oracle-turns'
import { serveFake } from '../../test/serve-fake'
import { generate } from '../reply/generate'
import { createGemini } from './gemini'

async function official(url: string, stream: boolean): Promise<Read> {
  const client = new GoogleGenAI({ apiKey: 'k', apiVersion: 'v1beta', httpOptions: { baseUrl: url } })
  const params = { model: 'm', contents: 'Hello' }
  const chunks: GenerateContentResponse[] = []
  if (stream) for await (const chunk of await client.models.generateContentStream(params)) chunks.push(chunk)
  else chunks.push(await client.models.generateContent(params))
  const read: Read = { text: '', calls: [], finish: '', input: 0, output: 0 }
  for (const { candidates, usageMetadata } of chunks) {
    for (const { text, thought, functionCall } of candidates?.[0]?.content?.parts ?? []) {
      if (text !== undefined && thought !== true) read.text += text
      if (functionCall) {
        read.calls.push({ id: functionCall.id ?? '', name: functionCall.name ?? '', arguments: functionCall.args })
      }
    }
    const finish = candidates?.[0]?.finishReason
    if (finish !== undefined)
      read.finish = finish === 'MAX_TOKENS' ? 'length' : read.calls.length > 0 ? 'tool-calls' : 'stop'
    read.input = usageMetadata?.promptTokenCount ?? 0
    read.output = (usageMetadata?.candidatesTokenCount ?? 0) + (usageMetadata?.thoughtsTokenCount ?? 0)
  }
  return read
}

describe('the SDK of Google and our client, at the same server', () => {
  it.each(Object.entries(oracleTurns))('read the same: %s', async (_name, turn) => {
    const provider = await serveFake(() => ({ reasoning: 'hm', ...turn }))
    try {
      const model = createGemini({ model: 'm', apiKey: 'k', baseUrl: `${provider.url}/v1beta`, attempts: 1 })
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
      expect(new Set(provider.requests.map(({ url }) => new URL(url).pathname.split(':')[0]))).toEqual(
        new Set(['/v1beta/models/m']),
      )
    } finally {
      await provider.close()
    }
  })
})
