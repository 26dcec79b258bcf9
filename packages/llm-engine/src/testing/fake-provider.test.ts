import { createOpenAI } from '@ai-sdk/openai'
import { describe, expect, it } from 'vitest'
import { hello } from '../../test/harness'
import { fromAiSdk } from '../ai-sdk'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { generate } from '../reply/generate'
import { createFakeProvider } from './fake-provider'
import type { FakeTurn } from './turn'

const wires = {
  chat: createOpenAiChat,
  responses: createOpenAiResponses,
  anthropic: createAnthropic,
  gemini: createGemini,
}

const url = 'http://fake.test/v1/chat/completions'
const post = (body: string): RequestInit => ({ method: 'POST', body })

it('tells usage in a stream of Chat Completions as the real one does: where it is asked for it', async () => {
  const { fetch } = createFakeProvider(() => ({ text: 'Hi' }))
  const told = async (options: object) =>
    (await (await fetch(url, post(JSON.stringify({ model: 'm', ...options })))).text()).includes('"usage"')
  expect(await told({ stream: true })).toBe(false)
  expect(await told({ stream: true, stream_options: { include_usage: true } })).toBe(true)
  expect(await told({})).toBe(true)
})

it('refuses what is no JSON in the words of the wire, and counts no turn for it', async () => {
  const provider = createFakeProvider([{ text: 'Hi' }])
  const refusal = await provider.fetch(url, post('{"model"'))
  expect([refusal.status, await refusal.json()]).toMatchObject([400, { error: { message: expect.any(String) } }])
  expect(provider.requests).toEqual([])
  expect((await provider.fetch(url, post('{}'))).status).toBe(200)
})

describe.each(Object.entries(wires))('%s', (wire, make) => {
  const ask = async (turn: FakeTurn, stream: boolean) => {
    const provider = createFakeProvider([turn])
    // Gemini tells by the address, the others by a field.
    const fetch = async (input: string, init?: RequestInit): Promise<Response> => {
      if (stream) return provider.fetch(input, init)
      const body = JSON.stringify({ ...(JSON.parse(init?.body as string) as object), stream: false })
      return provider.fetch(input.replace(':streamGenerateContent?alt=sse', ':generateContent'), { ...init, body })
    }
    return generate(make({ model: 'm', attempts: 1, host: { fetch } }), hello)
  }

  it.each([true, false])('says arguments that are no JSON as the real one does, streamed: %s', async (stream) => {
    const { toolCalls, finish } = await ask({ toolCalls: [{ name: 'f', arguments: '{"a":' }] }, stream)
    if (wire === 'gemini') {
      expect([toolCalls, finish.raw]).toEqual([[], 'MALFORMED_FUNCTION_CALL'])
      return
    }
    const text = wire === 'anthropic' && !stream ? '{"INVALID_JSON":"{\\"a\\":"}' : '{"a":'
    expect(toolCalls).toMatchObject([{ name: 'f', arguments: text }])
  })

  it.each([true, false])('says no arguments at all, streamed: %s', async (stream) => {
    const { toolCalls } = await ask({ toolCalls: [{ name: 'f', arguments: '' }] }, stream)
    expect(toolCalls).toMatchObject([{ name: 'f', arguments: '{}' }])
  })

  it('is overloaded in the middle of a stream', async () => {
    const failed = ask({ text: 'Hello there', fault: { after: 0, kind: 'error' } }, true)
    await expect(failed).rejects.toMatchObject({ code: 'PF_MODEL_OVERLOADED' })
  })
})

it.each([0, 3])('an SDK of others reads the error event of Responses behind %d others', async (after) => {
  const { fetch } = createFakeProvider([{ text: 'Hello there', fault: { after, kind: 'error' } }])
  const model = fromAiSdk(createOpenAI({ apiKey: 'k', fetch })('m'), { attempts: 1 })
  const { message, cause } = (await generate(model, hello).catch((thrown: unknown) => thrown)) as Error
  expect(`${message} ${String(cause)} ${String((cause as Error | undefined)?.cause)}`).not.toMatch(
    /validat|schema|parse/i,
  )
})
