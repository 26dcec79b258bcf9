import { a2aServer } from '@pf-agents/a2a-server'
import {
  defineAgent,
  type JsonObject,
  type JsonValue,
  type LanguageModel,
  type ModelCall,
  type ModelHost,
  PfError,
  reply,
} from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { type Cassette, mockModel, recordFetch, replayFetch } from '../../src/index'
import { createReplyCollector } from '@pf-agents/llm-engine'
import { createAnthropic } from '@pf-agents/llm-engine/anthropic'
import { createGemini } from '@pf-agents/llm-engine/gemini'
import { createOpenAiChat, createOpenAiResponses } from '@pf-agents/llm-engine/openai'

const clients: Record<string, (model: string, baseUrl: string) => LanguageModel> = {
  chat: (model, baseUrl) => createOpenAiChat({ model, baseUrl: `${baseUrl}/v1`, apiKey: 'key-of-the-guest' }),
  responses: (model, baseUrl) => createOpenAiResponses({ model, baseUrl: `${baseUrl}/v1`, apiKey: 'key-of-the-guest' }),
  anthropic: (model, baseUrl) => createAnthropic({ model, baseUrl: `${baseUrl}/v1`, apiKey: 'key-of-the-guest' }),
  gemini: (model, baseUrl) => createGemini({ model, baseUrl: `${baseUrl}/v1beta`, apiKey: 'key-of-the-guest' }),
}

const call: ModelCall = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [{ name: 'sum', parameters: { type: 'object', properties: { a: { type: 'number' } } } }],
  attempts: 2,
  timeouts: { idleMs: 400 },
}

interface Asked {
  do: 'ask' | 'leave' | 'abort' | 'mock' | 'tape'
  wire: string
  url: string
}

/** What an answer came to, or what was thrown. */
async function ask(
  model: LanguageModel,
  host: ModelHost,
  more: Partial<ModelCall> = {},
  most = Infinity,
): Promise<JsonObject> {
  const collector = createReplyCollector()
  const types: string[] = []
  try {
    for await (const part of model.stream({ ...call, host, ...more })) {
      collector.add(part)
      types.push(part.type)
      if (types.length >= most) break
    }
  } catch (error) {
    const code = PfError.is(error) ? error.code : String(error)
    return {
      code,
      because: PfError.is(error) ? (error.details?.['because'] ?? null) : null,
      types,
      text: collector.reply().text,
    }
  }
  const { message, finish, usage } = collector.reply()
  return JSON.parse(JSON.stringify({ message, finish, usage, types })) as JsonObject
}

const agent = defineAgent({
  name: 'clients',
  description: 'Asks the model it is told to',
  version: '1.0.0',
  needs: { outbound: ['http://127.0.0.1:*'] },
  async onMessage(message, context) {
    const asked = message.parts[0]?.data as unknown as Asked
    const fetch: ModelHost['fetch'] = (input, init) => context.fetch(input, init)
    const model = clients[asked.wire]?.('m', asked.url) as LanguageModel
    if (asked.do === 'leave') return reply.data(await ask(model, { fetch }, {}, 3))
    if (asked.do === 'abort') {
      const controller = new AbortController()
      setTimeout(() => controller.abort('enough'), 100)
      return reply.data(await ask(model, { fetch }, { signal: controller.signal, timeouts: {} }))
    }
    if (asked.do === 'mock') {
      const mock = mockModel({ turns: [{ text: 'Hi', paceMs: 1, toolCalls: [{ name: 'sum' }] }] })
      return reply.data(await ask(mock, {}))
    }
    if (asked.do === 'tape') {
      const recorder = recordFetch({ fetch: (input, init) => context.fetch(input, init) })
      const real = await ask(model, { fetch: recorder.fetch })
      const text = JSON.stringify(await recorder.cassette())
      const replay = replayFetch(JSON.parse(text) as Cassette)
      const played = await ask(model, { fetch: replay.fetch })
      return reply.data({ real, played, hasKey: text.includes('key-of-the-guest') } as JsonValue)
    }
    return reply.data(await ask(model, { fetch }))
  },
})

export default createApp(agent, [a2aServer()])
