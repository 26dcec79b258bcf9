// Where a limit is passed, the error names the option, and what came in front of it is the same wherever chunks end.
import type { LanguageModel, ModelHost } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hostOf, named, read, sse } from '../../test/harness'
import { fromAiSdk } from '../ai-sdk'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { createCompatibleModel, openRouter } from '../openai-compatible'
import { createFallbackModel } from './fallback-model'

const options = { model: 'm', maxEventLength: 400, maxArgumentsLength: 100 }
const pad = 'x'.repeat(500)
const wires: Record<string, [(host: ModelHost) => LanguageModel, before: string, long: string]> = {
  chat: [
    (host) => createOpenAiChat({ ...options, host }),
    sse({ choices: [{ index: 0, delta: { content: 'Here:' } }] }),
    sse({ choices: [{ index: 0, delta: { content: pad } }] }),
  ],
  responses: [
    (host) => createOpenAiResponses({ ...options, host }),
    named({ type: 'response.output_text.delta', output_index: 0, delta: 'Here:' }),
    named({ type: 'response.output_text.delta', output_index: 0, delta: pad }),
  ],
  anthropic: [
    (host) => createAnthropic({ ...options, host }),
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Here:' } }),
    named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: pad } }),
  ],
  gemini: [
    (host) => createGemini({ ...options, host }),
    sse({ candidates: [{ content: { parts: [{ text: 'Here:' }] } }] }),
    sse({ candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data: pad } }] } }] }),
  ],
}

describe.each(Object.entries(wires))('%s', (_, [make, before, long]) => {
  const play = async (body: string, split: number, headers = {}) => {
    const host = hostOf({ body, headers }, split)
    const { parts, error } = await read(make(host))
    const { code, message, retryable, details } = error as { [field: string]: unknown }
    return { asked: host.bodies.length, parts, error: { code, message, retryable, details } }
  }

  it.each(['', before, before + before])('an event, behind %j', async (front) => {
    for (const behind of ['', before, long]) {
      const body = front + long + behind
      const whole = await play(body, 1 << 20)
      expect(whole.asked).toBe(1)
      expect(whole.error).toMatchObject({
        code: front === '' ? 'PF_MODEL_RESPONSE_INVALID' : 'PF_MODEL_INTERRUPTED',
        message: expect.stringContaining('longer than 400 characters. Raise maxEventLength'),
        retryable: false,
      })
      expect(JSON.stringify(whole.parts).split('Here:')).toHaveLength(front.split('Here:').length)
      for (const split of [1, 7, 64, front.length + 20, front.length + long.length])
        expect(await play(body, split)).toEqual(whole)
    }
  })

  it('one body', async () => {
    for (const split of [64, 1 << 20]) {
      const { error, asked } = await play(JSON.stringify({ pad }), split, { 'content-type': 'application/json' })
      expect([error.code, error.retryable, asked]).toEqual(['PF_MODEL_RESPONSE_INVALID', false, 1])
      expect(error.message).toContain('Raise maxEventLength')
    }
  })
})

it('the arguments of calls', async () => {
  const call = (text: string) => ({
    choices: [{ delta: { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: text } }] } }],
  })
  const { error } = await read(
    createOpenAiChat({ ...options, host: hostOf({ body: sse(call('{"a":"'), call(pad.slice(0, 200))) }) }),
  )
  expect(error).toMatchObject({
    code: 'PF_MODEL_INTERRUPTED',
    message: expect.stringContaining('Raise maxArgumentsLength'),
    details: { because: 'PF_MODEL_RESPONSE_INVALID' },
  })
})

describe('what goes back unchanged, and never ends', () => {
  const data = 'x'.repeat(100)
  const detail = (one: object) => sse({ choices: [{ delta: { reasoning_details: [one] } }] })
  const extra = { tool_calls: [{ index: 0, id: 'c', function: { name: 'f' }, extra_content: { data } }] }
  const block = (content_block: object, ...deltas: object[]) =>
    named(
      { type: 'content_block_start', index: 0, content_block },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
      { type: 'content_block_stop', index: 0 },
    )
  const item = (at: number, one: object) => named({ type: 'response.output_item.done', output_index: at, item: one })
  const chat = (host: ModelHost) => createCompatibleModel({ server: openRouter, ...options, host })
  const responses = (host: ModelHost) => createOpenAiResponses({ ...options, host })
  const anthropic = (host: ModelHost) => createAnthropic({ ...options, host })
  const gemini = (host: ModelHost) => createGemini({ ...options, host })
  const part = (one: object) => sse({ candidates: [{ content: { parts: [one] } }] })
  const open = named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
  const kinds: Record<string, [(host: ModelHost) => LanguageModel, piece: (at: number) => string, front?: string]> = {
    'text of a thought': [chat, () => detail({ type: 'reasoning.text', text: data, index: 0 })],
    'encrypted thoughts': [chat, () => detail({ type: 'reasoning.encrypted', data })],
    'empty thoughts': [chat, () => detail({})],
    'fields of a call': [chat, () => sse({ choices: [{ delta: extra }] })],
    'encrypted items': [responses, (at) => item(at, { type: 'reasoning', summary: [], encrypted_content: data })],
    'items of its own': [responses, (at) => item(at, { type: 'web_search_call', data })],
    'items begun': [
      responses,
      (at) => named({ type: 'response.output_item.added', output_index: at, item: { type: 'web_search_call' } }),
    ],
    citations: [
      anthropic,
      () => named({ type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: { data } } }),
      open,
    ],
    'blocks of its own': [anthropic, () => block({ type: 'web_search_tool_result', content: data })],
    'blocks begun': [
      anthropic,
      (index) => named({ type: 'content_block_start', index, content_block: { type: 'server_tool_use', data } }),
    ],
    signatures: [anthropic, () => block({ type: 'thinking' }, { type: 'signature_delta', signature: data })],
    summaries: [anthropic, () => block({ type: 'compaction' }, { type: 'compaction_delta', content: data })],
    'empty blocks': [anthropic, () => block({ type: 'text', text: '' })],
    'code that it ran': [gemini, () => part({ executableCode: { code: data } })],
    'signed text': [gemini, () => part({ text: '', thoughtSignature: data })],
  }

  it.each(Object.entries(kinds))(
    'is read no further than the limit allows: %s',
    async (_, [make, piece, front = '']) => {
      for (const perChunk of [1, 30]) {
        let at = 0
        const pieces = () => Array.from({ length: perChunk }, () => piece(at++)).join('')
        const body = new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode(front)),
          pull: (controller) =>
            at < 999 ? controller.enqueue(new TextEncoder().encode(pieces())) : controller.close(),
        })
        const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
        const { error } = await read(make({ fetch }))
        expect(error).toMatchObject({
          retryable: false,
          message: expect.stringMatching(/800 char.* Raise maxEventLength/),
        })
        expect(at).toBeLessThan(100)
      }
    },
  )

  it('of a model of the AI SDK, too', async () => {
    let at = 0
    const pull = (controller: ReadableStreamDefaultController) =>
      at++ < 999 ? controller.enqueue({ type: 'custom', kind: 'p.k', data }) : controller.close()
    const doStream = async () => ({ stream: new ReadableStream({ pull }) })
    const about = { specificationVersion: 'v4', provider: 'p', modelId: 'm', supportedUrls: {} }
    const { error } = await read(fromAiSdk({ ...about, doStream } as never, { maxArgumentsLength: 200 }))
    expect(error).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/800 char.* Raise maxArgumentsLength/),
    })
    expect(at).toBeLessThan(9)
  })

  it('a long thought, a word at a time, has its room', async () => {
    const word = { type: 'reasoning.text', text: ' thus', format: 'anthropic-claude-v1', index: 0 }
    const body = detail(word).repeat(100_000) + sse({ choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }] })
    const { parts, error } = await read(
      createCompatibleModel({ server: openRouter, model: 'm', host: hostOf({ body }) }),
    )
    expect(error).toBeUndefined()
    const { providerData } = parts.find(({ type }) => type === 'reasoning-end') as { providerData?: unknown }
    expect(JSON.stringify(providerData).length).toBeGreaterThan(500_000)
  })
})

it('another model may have more room', async () => {
  const ok = hostOf({ body: sse({ choices: [{ delta: { content: 'hi' }, finish_reason: 'stop' }] }) })
  const [make, , long] = wires['chat'] as (typeof wires)[string]
  const { error, parts } = await read(
    createFallbackModel([make(hostOf({ body: long })), createOpenAiChat({ model: 'n', host: ok })]),
  )
  expect(error).toBeUndefined()
  expect(parts[0]).toMatchObject({ type: 'fallback', code: 'PF_MODEL_RESPONSE_INVALID' })
})
