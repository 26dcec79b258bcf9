// @node24-only: computes alone, on bytes in memory
// Whatever stands in the place of a field, an answer is read as far as it is one, or refused as what it is: it is never
// our own stumbling, which would be told as a provider out of reach and asked again.
import type { JsonValue, LanguageModel, ModelHost } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, read } from '../../test/harness'
import type { AiSdkLanguageModel } from '../ai-sdk/ai-sdk-types'
import { fromAiSdk } from '../ai-sdk/from-ai-sdk'
import { createAnthropic } from '../anthropic'
import { ModelError } from '../error/model-error'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { createFakeProvider, type FakeTurn } from '../testing'

const wires: Record<string, (host: ModelHost) => LanguageModel> = {
  chat: (host) => createOpenAiChat({ model: 'm', apiKey: 'k', attempts: 1, host }),
  responses: (host) => createOpenAiResponses({ model: 'm', apiKey: 'k', attempts: 1, host }),
  anthropic: (host) => createAnthropic({ model: 'm', apiKey: 'k', attempts: 1, host }),
  gemini: (host) => createGemini({ model: 'm', apiKey: 'k', attempts: 1, host }),
}

const turn: FakeTurn = {
  reasoning: 'Hm.',
  text: 'Hello.',
  toolCalls: [{ id: 'c1', name: 'sum', arguments: { a: 1 } }],
  usage: { inputTokens: 9, outputTokens: 5, cacheReadTokens: 3, reasoningTokens: 2 },
}

const odd: unknown[] = [null, 7, 'x', '', true, [], {}, [null], [7], { x: null }, { toString: 1 }]

/** The value with something odd in one place, for every place and everything odd. */
function* mutants(value: unknown): Generator<unknown> {
  yield* odd
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    for (const one of mutants((value as Record<string, unknown>)[key])) {
      yield Array.isArray(value) ? value.with(Number(key), one) : { ...value, [key]: one }
    }
  }
}

/** Our own stumbling, where an error has it for a provider out of reach; or an error without a type. */
function stumbling(error: unknown): unknown {
  if (error !== undefined && !(error instanceof ModelError)) return error
  for (let one: unknown = error; one instanceof ModelError; one = one.cause)
    if (
      /TypeError|RangeError/.test(String((one.cause as Error | undefined)?.name)) &&
      one.code !== 'PF_MODEL_RESPONSE_INVALID'
    )
      return one.cause
  return undefined
}

describe.each(Object.entries(wires))('%s', (_, make) => {
  const answer = async (stream: boolean): Promise<string> => {
    const provider = createFakeProvider([turn])
    let body = ''
    const fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
      const request = JSON.stringify({ ...(JSON.parse(init.body as string) as object), stream })
      const target = stream ? url : url.replace(':streamGenerateContent?alt=sse', ':generateContent')
      body = await (await provider.fetch(target, { ...init, body: request })).text()
      return new Response(body, { headers: { 'content-type': stream ? 'text/event-stream' : 'application/json' } })
    }
    expect((await read(make({ fetch }))).error).toBeUndefined()
    return body
  }

  it('events with something else in the place of any field', async () => {
    const events = (await answer(true)).split('\n\n').filter((event) => event.includes('data: {'))
    let tried = 0
    for (const [at, event] of events.entries()) {
      const start = event.indexOf('data: ') + 6
      for (const value of mutants(JSON.parse(event.slice(start)))) {
        const body = `${events.with(at, event.slice(0, start) + JSON.stringify(value)).join('\n\n')}\n\n`
        const { error, parts } = await read(make(hostOf({ body })))
        expect([stumbling(error), body]).toEqual([undefined, body])
        // A result could not be given to a call without an id.
        expect([parts.some((part) => part.type === 'tool-call-start' && part.toolCallId === ''), body]).toEqual([
          false,
          body,
        ])
        tried++
      }
    }
    expect(tried).toBeGreaterThan(500)
  })

  it('one body with something else in the place of any field', async () => {
    const whole = JSON.parse(await answer(false)) as unknown
    let tried = 0
    for (const value of mutants(whole)) {
      const body = JSON.stringify(value)
      const { error } = await read(make(hostOf({ body, headers: { 'content-type': 'application/json' } })))
      expect([stumbling(error), body]).toEqual([undefined, body])
      tried++
    }
    expect(tried).toBeGreaterThan(100)
  })

  it.each(['null', '7', '"x"', '[null]'])('a line %s joined to an event changes nothing', async (line) => {
    const body = await answer(true)
    const expected = await read(make(hostOf({ body })))
    for (const joined of [
      body.replaceAll('\n\n', `\ndata: ${line}\n\n`),
      body.replaceAll('data: {', `data: ${line}\ndata: {`),
    ])
      expect(await read(make(hostOf({ body: joined })))).toEqual(expected)
  })
})

it('parts of the AI SDK with something else in the place of any field', async () => {
  const parts: JsonValue[] = [
    { type: 'stream-start', warnings: [{ type: 'other', message: 'x' }] },
    { type: 'response-metadata', id: 'r', modelId: 'm' },
    { type: 'reasoning-start', id: '1', providerMetadata: { x: { a: 1 } } },
    { type: 'reasoning-delta', id: '1', delta: 'Hm.' },
    { type: 'reasoning-end', id: '1' },
    { type: 'text-delta', id: '2', delta: 'Hi' },
    { type: 'tool-input-start', id: 'c', toolName: 'f' },
    { type: 'tool-input-delta', id: 'c', delta: '{}' },
    { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: '{}' },
    { type: 'tool-call', toolCallId: 's', toolName: 'w', input: '{}', providerExecuted: true },
    { type: 'tool-result', toolCallId: 's', toolName: 'w', result: { a: 1 } },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
    {
      type: 'finish',
      usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
      finishReason: { unified: 'stop', raw: 'stop' },
    },
  ]
  for (const [at, part] of parts.entries()) {
    for (const value of mutants(part)) {
      const stream = new ReadableStream<unknown>({
        start(controller) {
          for (const one of parts.with(at, value as JsonValue)) controller.enqueue(one)
          controller.close()
        },
      })
      const model: AiSdkLanguageModel = {
        specificationVersion: 'v4',
        provider: 'x',
        modelId: 'm',
        doStream: async () => ({ stream }),
      }
      const { error } = await read(fromAiSdk(model, { attempts: 1 }), hello)
      expect([stumbling(error), value]).toEqual([undefined, value])
    }
  }
})
