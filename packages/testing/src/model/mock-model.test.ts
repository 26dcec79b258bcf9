import { getEventListeners } from 'node:events'
import type { LanguageModel, ModelCall, ModelMessage, ModelStreamPart } from '@pf-agents/agent-core'
import { PfError } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { mockModel } from './mock-model'

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const hello: ModelCall = { messages: [user('Hello')] }

async function read(stream: AsyncIterable<ModelStreamPart>) {
  const parts: ModelStreamPart[] = []
  try {
    for await (const part of stream) parts.push(part)
    return { parts, error: undefined }
  } catch (error) {
    return { parts, error }
  }
}

async function textOf(model: LanguageModel, call: ModelCall): Promise<string> {
  let text = ''
  for await (const part of model.stream(call)) if (part.type === 'text-delta') text += part.delta
  return text
}

describe('a turn', () => {
  it('says reasoning, text and calls in the parts of the contract, the calls taking turns', async () => {
    const model = mockModel({
      turns: [
        {
          reasoning: { text: 'Hm.', providerData: { mock: { signature: 's' } } },
          text: 'Both 😀 of',
          toolCalls: [
            { name: 'a', arguments: { x: 'long enough' } },
            { id: 'own', name: 'b' },
          ],
          deltaLength: 6,
        },
      ],
    })
    const { parts } = await read(model.stream(hello))
    expect(parts).toEqual([
      { type: 'response-start', provider: 'mock', modelId: 'mock-model', responseId: 'mock_1', warnings: [] },
      { type: 'reasoning-start', id: 'r0' },
      { type: 'reasoning-delta', id: 'r0', delta: 'Hm.' },
      { type: 'reasoning-end', id: 'r0', providerData: { mock: { signature: 's' } } },
      { type: 'text-start', id: 't0' },
      // The piece would end in the middle of the emoji.
      { type: 'text-delta', id: 't0', delta: 'Both 😀' },
      { type: 'text-delta', id: 't0', delta: ' of' },
      { type: 'text-end', id: 't0' },
      { type: 'tool-call-start', toolCallId: 'call_1_0', name: 'a' },
      { type: 'tool-call-start', toolCallId: 'own', name: 'b' },
      { type: 'tool-call-delta', toolCallId: 'call_1_0', delta: '{"x":"' },
      { type: 'tool-call-delta', toolCallId: 'own', delta: '{}' },
      { type: 'tool-call-delta', toolCallId: 'call_1_0', delta: 'long e' },
      { type: 'tool-call-delta', toolCallId: 'call_1_0', delta: 'nough"' },
      { type: 'tool-call-delta', toolCallId: 'call_1_0', delta: '}' },
      {
        type: 'tool-call-end',
        toolCallId: 'call_1_0',
        name: 'a',
        arguments: '{"x":"long enough"}',
        complete: true,
      },
      { type: 'tool-call-end', toolCallId: 'own', name: 'b', arguments: '{}', complete: true },
      {
        type: 'finish',
        finish: { reason: 'tool-calls', raw: 'tool-calls', complete: true },
        usage: { inputTokens: 10, outputTokens: 5 },
      },
    ])
  })

  it('may be broken: JSON that is none, a call cut off, exact parts', async () => {
    const parts: ModelStreamPart[] = [{ type: 'usage', usage: {} }]
    const model = mockModel({
      turns: [
        {
          toolCalls: [
            { name: 'a', arguments: '{"x' },
            { name: 'b', complete: false },
          ],
        },
        { parts },
      ],
    })
    const ends = (await read(model.stream(hello))).parts.filter(({ type }) => type === 'tool-call-end')
    expect(ends).toMatchObject([
      { name: 'a', arguments: '{"x', complete: true },
      { name: 'b', arguments: '{}', complete: false },
    ])
    expect((await read(model.stream(hello))).parts).toEqual(parts)
  })

  it('may fail at once, after some output, or after all of it', async () => {
    const own = new Error('own')
    const model = mockModel({
      turns: [
        { error: 'PF_MODEL_OVERLOADED' },
        { text: 'As far as', error: 'PF_MODEL_INTERRUPTED', errorAfter: 2 },
        { text: 'all', error: own },
        { text: 'nothing of it', error: own, errorAfter: 0 },
      ],
    })
    const first = await read(model.stream(hello))
    expect(first.parts).toEqual([])
    expect(first.error).toMatchObject({ code: 'PF_MODEL_OVERLOADED', retryable: true })
    const second = await read(model.stream(hello))
    expect(second.parts.map(({ type }) => type)).toEqual(['response-start', 'text-start', 'text-delta'])
    expect(second.error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', retryable: false })
    const third = await read(model.stream(hello))
    expect([third.parts.at(-1)?.type, third.error]).toEqual(['text-end', own])
    expect(await read(model.stream(hello))).toEqual({ parts: [], error: own })
  })
})

describe('the script', () => {
  it('is text, turns and functions of the call; what it was called with is kept as it was', async () => {
    const model = mockModel({ turns: ['one', ({ messages }, number) => `${number}: ${messages.length}`] })
    const messages = [user('a')]
    expect(await textOf(model, { messages })).toBe('one')
    messages.push(user('b'))
    expect(model.remaining).toBe(1)
    expect(await textOf(model, { messages, temperature: 1 })).toBe('2: 2')
    expect(model.calls).toEqual([{ messages: [user('a')] }, { messages: [user('a'), user('b')], temperature: 1 }])
    expect(model.remaining).toBe(0)
  })

  it('may be one function', async () => {
    const model = mockModel({ turns: async (_call, number) => ({ text: String(number) }) })
    expect(await textOf(model, hello)).toBe('1')
    expect(await textOf(model, hello)).toBe('2')
  })

  it('that is over fails the call, and says which it was', async () => {
    const model = mockModel({ turns: ['only'] })
    await textOf(model, hello)
    const error = await textOf(model, { messages: [user('once more')] }).catch((thrown: unknown) => thrown)
    expect(PfError.is(error, 'PF_CONFIG_INVALID')).toBe(true)
    expect((error as Error).message).toMatch(/has 1 turns and this is call 2; its last message is .*once more/)
  })

  it('does nothing until it is read', () => {
    const model = mockModel({ turns: ['one'] })
    model.stream(hello)
    expect(model.calls).toEqual([])
  })
})

describe('time', () => {
  it('passes by the clock: before the first part, and between parts', async () => {
    const clock = createFakeClock()
    const model = mockModel({ turns: [{ text: 'abcd', deltaLength: 2, delayMs: 100, paceMs: 10 }] })
    const seen: [string, number][] = []
    const start = clock.now()
    const reading = (async () => {
      for await (const { type } of model.stream({ ...hello, host: { clock } })) seen.push([type, clock.now() - start])
    })()
    await clock.until(reading)
    expect(seen).toEqual([
      ['response-start', 100],
      ['text-start', 110],
      ['text-delta', 120],
      ['text-delta', 130],
      ['text-end', 140],
      ['finish', 150],
    ])
  })

  it.each(['delay', 'pace', 'stall'])('an abort during a %s ends the answer with its reason', async (kind) => {
    const clock = createFakeClock()
    const turn = kind === 'stall' ? { text: 'a', stall: true } : { text: 'a', [`${kind}Ms`]: 1000 }
    const model = mockModel({ turns: [turn], clock })
    const controller = new AbortController()
    const reading = read(model.stream({ ...hello, signal: controller.signal }))
    await clock.settle()
    expect(model.open).toBe(1)
    controller.abort('enough')
    expect((await reading).error).toBe('enough')
    expect([model.open, clock.pending, getEventListeners(controller.signal, 'abort').length]).toEqual([0, 0, 0])
  })

  it('can be left while a part is awaited', async () => {
    const model = mockModel({ turns: [{ stall: true }] })
    const stream = model.stream(hello)[Symbol.asyncIterator]()
    const pending = stream.next().catch((error: unknown) => error)
    await stream.return?.()
    expect(await pending).toMatchObject({ name: 'AbortError' })
    expect(model.open).toBe(0)
  })

  it('does not begin where the call is aborted already', async () => {
    const controller = new AbortController()
    controller.abort('before')
    const model = mockModel({ turns: ['one'] })
    expect(await read(model.stream({ ...hello, signal: controller.signal }))).toEqual({ parts: [], error: 'before' })
    expect(model.calls).toEqual([])
  })
})

describe('a history that providers refuse is refused', () => {
  const call = (...ids: string[]): ModelMessage => ({
    role: 'assistant',
    content: ids.map((toolCallId) => ({ type: 'tool-call', toolCallId, name: 'x', arguments: '{}' })),
  })
  const result = (...ids: string[]): ModelMessage => ({
    role: 'tool',
    content: ids.map((toolCallId) => ({ type: 'tool-result', toolCallId, name: 'x', parts: [] })),
  })
  it.each<[string, ModelMessage[], RegExp]>([
    ['call without result', [call('a', 'b'), result('a')], /Message 1 \(tool\): no result for the call b/],
    ['result too late', [call('a'), user('x'), result('a')], /Message 1 \(user\): no result for the call a/],
    ['call at the end', [user('x'), call('a')], /ends with the call a/],
    ['result without call', [result('a')], /Message 0 \(tool\): a result without its call a/],
    ['two results', [call('a'), result('a', 'a')], /two results for one call/],
  ])('%s', async (_name, messages, message) => {
    const model = mockModel({ turns: ['fine'] })
    const { error } = await read(model.stream({ messages }))
    expect(error).toMatchObject({ code: 'PF_MODEL_REQUEST_INVALID', message: expect.stringMatching(message) })
    const lenient = mockModel({ turns: ['fine'], checkHistory: false })
    expect(await textOf(lenient, { messages })).toBe('fine')
  })

  it('and one that is whole is not', async () => {
    const messages = [user('x'), call('a', 'b'), result('b', 'a'), call('c'), result('c')]
    expect(await textOf(mockModel({ turns: ['fine'] }), { messages })).toBe('fine')
  })
})
