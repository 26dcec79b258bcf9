// @node24-only: computes alone, on bytes in memory
// `reasoning` is the same for all models of a fallback: one that is known not to think must not be told how to.
import type { JsonObject, LanguageModel, ModelCall, ModelHost, ModelProfile } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createFallbackModel } from '../model/fallback-model'
import { createAzureChat, createOpenAiChat, createOpenAiResponses } from '../openai'
import { createCompatibleModel, openRouter, vllm } from '../openai-compatible'

interface Options {
  model: string
  profile?: ModelProfile
  host: ModelHost
  attempts: number
}
const chat = (options: Options) => createOpenAiChat(options)
const azure = (options: Options) => createAzureChat({ ...options, endpoint: 'https://x' })
const responses = (options: Options) => createOpenAiResponses(options)
const router = (options: Options) => createCompatibleModel({ ...options, server: openRouter })
const own = (options: Options) => createCompatibleModel({ ...options, server: vllm })
const claude = (options: Options) => createAnthropic(options)
const gemini = (options: Options) => createGemini(options)
type Make = (options: Options) => LanguageModel

const fields = /"(reasoning|reasoning_effort|thinking|output_config|thinkingConfig)":|"include":\[/

async function asked(make: Make, model: string, profile?: ModelProfile, call: Partial<ModelCall> = {}) {
  const host = hostOf({ body: '{}', status: 400 })
  const asked = make({ model, host, attempts: 1, ...(profile && { profile }) })
  const { error } = await read(asked, { ...hello, reasoning: { effort: 'high' }, ...call })
  const { details } = error as { details?: { warnings?: string[] } }
  return { isTold: fields.test(host.bodies[0] as string), warnings: details?.warnings ?? [] }
}

describe('a model that does not think', () => {
  it.each<[string, Make, string, ModelProfile?]>([
    ['chat', chat, 'gpt-4o'],
    ['chat', chat, 'gpt-4o-mini-2024-07-18'],
    ['chat', chat, 'gpt-4.1-nano'],
    ['chat', chat, 'gpt-3.5-turbo'],
    ['chat', chat, 'gpt-4-turbo'],
    ['chat', chat, 'gpt-5-chat-latest'],
    ['chat', chat, 'ft:gpt-4.1-mini:me::1'],
    ['azure', azure, 'gpt-4o'],
    ['responses', responses, 'gpt-4.1'],
    ['anthropic', claude, 'claude-3-5-haiku-latest'],
    ['anthropic', claude, 'claude-3-opus-20240229'],
    ['gemini', gemini, 'gemini-2.0-flash'],
    ['by its profile, chat', chat, 'm', { reasoning: false }],
    ['by its profile, OpenRouter', router, 'm', { reasoning: false }],
    ['by its profile, vLLM', own, 'm', { reasoning: false }],
    ['by its profile, responses', responses, 'm', { reasoning: false }],
    ['by its profile, anthropic', claude, 'm', { reasoning: false }],
    ['by its profile, gemini', gemini, 'm', { reasoning: false }],
  ])('%s, is not told how: %#', async (_, make, model, profile) => {
    expect(await asked(make, model, profile)).toEqual({
      isTold: false,
      warnings: [expect.stringContaining(`${model} does not think`)],
    })
    // Not to think is what it does.
    expect(await asked(make, model, profile, { reasoning: { effort: 'none' } })).toEqual({
      isTold: false,
      warnings: [],
    })
  })

  it.each<[string, Make, string, ModelProfile?]>([
    ['chat', chat, 'gpt-5'],
    ['chat', chat, 'm'],
    ['chat', chat, 'gpt-4o', { reasoning: true }],
    ['responses', responses, 'o3'],
    ['responses', responses, 'my-deployment'],
    ['OpenRouter', router, 'openai/gpt-4o'],
    ['anthropic', claude, 'claude-3-7-sonnet-latest'],
    ['anthropic', claude, 'm'],
    ['gemini', gemini, 'gemini-2.5-flash'],
  ])('is not who thinks, or is not known: %s %s', async (_, make, model, profile) => {
    expect(await asked(make, model, profile)).toEqual({ isTold: true, warnings: [] })
  })

  it('stands in for one that does', async () => {
    const bodies: JsonObject[] = []
    const fetch: ModelHost['fetch'] = async (_, init) => {
      const body = JSON.parse(init?.body as string) as JsonObject
      bodies.push(body)
      if (body['model'] === 'gpt-5') return new Response('', { status: 503 })
      if ('reasoning_effort' in body) return Response.json({ error: { message: 'Unrecognized' } }, { status: 400 })
      return Response.json({ choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] })
    }
    const options = { host: { fetch }, attempts: 1 }
    const model = createFallbackModel([
      responses({ model: 'gpt-5', ...options }),
      chat({ model: 'gpt-4o', ...options }),
    ])
    const { parts, error } = await read(model, { ...hello, reasoning: { effort: 'high' } })
    expect(error).toBeUndefined()
    expect(parts.find(({ type }) => type === 'response-start')).toMatchObject({
      warnings: [expect.stringContaining('gpt-4o does not think')],
    })
    expect(bodies[0]).toMatchObject({ reasoning: { effort: 'high' } })
  })
})
