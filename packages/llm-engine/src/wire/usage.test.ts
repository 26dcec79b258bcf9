// What a server says that it used is what budgets live on: what can not be true counts for nothing, and is estimated.
import type { LanguageModel, ModelHost, Tool } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read } from '../../test/harness'
import { codeOf, loopHarness } from '../../test/loop-harness'
import type { AiSdkLanguageModel } from '../ai-sdk/ai-sdk-types'
import { fromAiSdk } from '../ai-sdk/from-ai-sdk'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { generate } from '../reply/generate'
import { createFakeProvider, type FakeTurn } from '../testing'

type Options = { host?: ModelHost; baseUrl?: string }
const wires: Record<string, (options: Options) => LanguageModel> = {
  chat: (options) => createOpenAiChat({ model: 'm', apiKey: 'k', ...options }),
  responses: (options) => createOpenAiResponses({ model: 'm', apiKey: 'k', ...options }),
  anthropic: (options) => createAnthropic({ model: 'm', apiKey: 'k', ...options }),
  gemini: (options) => createGemini({ model: 'm', apiKey: 'k', ...options }),
}

const turn: FakeTurn = {
  text: 'Hello.',
  usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 30, reasoningTokens: 5 },
}
const counts = /("(?:[a-z_]*tokens|[a-zA-Z]*TokenCount|cost)":)\d+/g

async function bytesOf(make: (options: Options) => LanguageModel): Promise<string> {
  const provider = createFakeProvider([turn])
  let body = ''
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    body = await (await provider.fetch(url, init)).text()
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  await read(make({ host: { fetch } }))
  return body.replace('"usage":{"prompt_tokens"', '"usage":{"cost":1,"prompt_tokens"')
}

describe.each(Object.entries(wires))('%s', (_, make) => {
  it('counts what is told', async () => {
    const { usage } = await generate(make({ host: hostOf({ body: await bytesOf(make) }) }), hello)
    expect(usage).toMatchObject({ inputTokens: 100, outputTokens: 20, cacheReadTokens: 30 })
  })

  it.each(['-100', '-1e9', '1e999', '-1e999', '1e300', '"12"', '[1]', 'true'])('counts no %s', async (value) => {
    const body = (await bytesOf(make)).replaceAll(counts, `$1${value}`)
    expect(body).toContain(`:${value}`)
    const { usage } = await generate(make({ host: hostOf({ body }) }), hello)
    const { raw: _raw, ...told } = usage
    expect(told).toEqual({})
  })

  it('budgets hold whatever it tells', async () => {
    const ping: Tool = { name: 'ping', description: 'Pings', run: () => 'pong' }
    const usage = { inputTokens: -500, outputTokens: -50, cacheReadTokens: -7, costUsd: -1 }
    const test = loopHarness(
      () => ({ text: 'word '.repeat(40), toolCalls: [{ name: 'ping' }], usage }),
      { tools: [ping], budget: { tokens: 1000 } },
      { model: make, loop: { maxTurns: 100 } },
    )
    const task = await test.send('go')
    expect(codeOf(task)).toBe('PF_BUDGET_EXCEEDED')
    expect(task.facts.usage?.inputTokens).toBeGreaterThan(0)
    expect(test.provider.requests.length).toBeLessThan(20)
  })
})

it.each([-100, Number.NaN, Number.POSITIVE_INFINITY, 1e300])('counts no %s of a model of the AI SDK', async (value) => {
  const usage = {
    inputTokens: { total: value, noCache: value, cacheRead: value, cacheWrite: value },
    outputTokens: { total: value, text: value, reasoning: value },
  }
  const model = (finish: object, specificationVersion: 'v2' | 'v4'): AiSdkLanguageModel => ({
    specificationVersion,
    provider: 'x',
    modelId: 'm',
    doStream: async () => ({
      stream: new ReadableStream({
        start(controller) {
          controller.enqueue({ type: 'finish', ...finish })
          controller.close()
        },
      }),
    }),
  })
  const flat = { inputTokens: value, outputTokens: value, reasoningTokens: value, cachedInputTokens: value }
  for (const one of [
    model({ usage, finishReason: { unified: 'stop' } }, 'v4'),
    model({ usage: flat, finishReason: 'stop' }, 'v2'),
  ])
    expect((await generate(fromAiSdk(one), hello)).usage).toEqual({})
})
