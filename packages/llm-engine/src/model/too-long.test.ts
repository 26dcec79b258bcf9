// Where a limit is passed, the error names the option, and what came in front of it is the same wherever chunks end.
import type { LanguageModel, ModelHost } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hostOf, named, read, sse } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
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

it('another model may have more room', async () => {
  const ok = hostOf({ body: sse({ choices: [{ delta: { content: 'hi' }, finish_reason: 'stop' }] }) })
  const [make, , long] = wires['chat'] as (typeof wires)[string]
  const { error, parts } = await read(
    createFallbackModel([make(hostOf({ body: long })), createOpenAiChat({ model: 'n', host: ok })]),
  )
  expect(error).toBeUndefined()
  expect(parts[0]).toMatchObject({ type: 'fallback', code: 'PF_MODEL_RESPONSE_INVALID' })
})
