// @node24-only: computes alone, on bytes in memory
// However an answer is read, slowly or with several hands, all that came is there, in its order.
import type { ModelHost, ModelStreamPart } from '@pf-agents/agent-core'
import { createFakeClock } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { bodyOf, hello, hostOf, named, read, sse } from '../../test/harness'
import { fromAiSdk } from '../ai-sdk'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'

const timeouts = { headersMs: 300, firstOutputMs: 300, idleMs: 300 }
const options = { model: 'm', attempts: 1, timeouts }
const words = ['a', 'b', 'c', 'd']
const wires = {
  chat: {
    make: (host: ModelHost) => createOpenAiChat({ ...options, host }),
    body: sse(
      ...words.map((content, at) => ({
        choices: [{ delta: { content }, ...(at === 3 && { finish_reason: 'stop' }) }],
      })),
    ),
  },
  responses: {
    make: (host: ModelHost) => createOpenAiResponses({ ...options, host }),
    body: named(...words.map((delta) => ({ type: 'response.output_text.delta', output_index: 0, delta })), {
      type: 'response.completed',
      response: { status: 'completed', output: [] },
    }),
  },
  anthropic: {
    make: (host: ModelHost) => createAnthropic({ ...options, host }),
    body: named(
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ),
  },
  gemini: {
    make: (host: ModelHost) => createGemini({ ...options, host }),
    body: sse(
      ...words.map((text, at) => ({
        candidates: [{ content: { parts: [{ text }] }, ...(at === 3 && { finishReason: 'STOP' }) }],
      })),
    ),
  },
}

describe.each(Object.entries(wires))('%s', (_, { make, body }) => {
  const setup = (split: number) => {
    const clock = createFakeClock()
    const bytes = new TextEncoder().encode(body)
    return { clock, model: make({ ...hostOf({ body: bytes }, split), clock }) }
  }

  it('a reader that takes its time loses nothing of what is there', async () => {
    for (const split of [7, 60, 1 << 20]) {
      const { clock, model } = setup(split)
      const parts: ModelStreamPart[] = []
      for await (const part of model.stream(hello)) {
        parts.push(part)
        await clock.advance(1_000)
      }
      expect(parts).toEqual((await read(setup(split).model)).parts)
      expect(parts.at(-1)).toMatchObject({ type: 'finish', finish: { reason: 'stop' } })
      expect(clock.pending).toBe(0)
    }
  })

  it('a provider that says nothing more is no longer waited for, however slow the reader was', async () => {
    const clock = createFakeClock()
    const begun = new TextEncoder().encode(body).slice(0, body.indexOf('"b"') - 30)
    const silent = async () =>
      new Response(bodyOf(begun, 1 << 20).pipeThrough(new TransformStream({ flush: () => new Promise(() => {}) })), {
        headers: { 'content-type': 'text/event-stream' },
      })
    const stream = make({ fetch: silent, clock }).stream(hello)[Symbol.asyncIterator]()
    const parts: unknown[] = []
    for (let read; !parts.includes('a') && (read = await stream.next());)
      parts.push((read.value as { delta?: string }).delta)
    await clock.advance(5_000)
    const at = clock.now()
    const next = stream.next().catch((error: unknown) => error)
    await clock.run()
    expect(await next).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', details: { because: 'PF_MODEL_TIMEOUT' } })
    expect(clock.now() - at).toBe(300)
  })

  it('asked for many parts at once it gives each, as one after the other', async () => {
    for (const split of [1, 7, 60, 1 << 20]) {
      const { parts } = await read(setup(split).model)
      const stream = setup(split).model.stream(hello)[Symbol.asyncIterator]()
      const asked = Array.from({ length: parts.length + 2 }, () => stream.next())
      const results = await Promise.all(asked)
      expect(results.slice(0, -2).map(({ value }) => value as unknown)).toEqual(parts)
      expect(results.slice(-2)).toEqual([
        { done: true, value: undefined },
        { done: true, value: undefined },
      ])
    }
  })

  it('asked again while some wait, it keeps the order', async () => {
    const { parts } = await read(setup(60).model)
    const stream = setup(60).model.stream(hello)[Symbol.asyncIterator]()
    const got: unknown[] = []
    const ask = (): void =>
      void stream.next().then(({ done, value }) => {
        if (done) return
        got.push(value)
        ask()
      })
    for (let hand = 0; hand < 3; hand++) ask()
    await expect.poll(() => got.length, { timeout: 30_000 }).toBe(parts.length)
    expect(got).toEqual(parts)
  })
})

it('a reader that takes its time loses nothing of a model of the AI SDK', async () => {
  const clock = createFakeClock()
  const list = [
    { type: 'text-start', id: '0' },
    ...words.map((delta) => ({ type: 'text-delta', id: '0', delta })),
    { type: 'text-end', id: '0' },
    { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: {} },
  ]
  const doStream = async () => ({ stream: ReadableStream.from(list) })
  const about = { specificationVersion: 'v3', provider: 'p', modelId: 'm', supportedUrls: {} }
  const model = fromAiSdk({ ...about, doStream } as never, { attempts: 1, timeouts, host: { clock } })
  let text = ''
  for await (const part of model.stream(hello)) {
    if (part.type === 'text-delta') text += part.delta
    await clock.advance(1_000)
  }
  expect([text, clock.pending]).toEqual(['abcd', 0])
})

it('what fails, fails once; who asked behind it is told of the end', async () => {
  const host = hostOf({ body: '{"error":{"message":"no"}}', status: 400 })
  const stream = createOpenAiChat({ ...options, host })
    .stream(hello)
    [Symbol.asyncIterator]()
  const results = await Promise.allSettled([stream.next(), stream.next(), stream.next()])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(results[2]).toMatchObject({ value: { done: true } })
})

it('return() ends all that wait', async () => {
  const host: ModelHost = { fetch: () => new Promise(() => {}) }
  const stream = createOpenAiChat({ ...options, host })
    .stream(hello)
    [Symbol.asyncIterator]()
  const waiting = [stream.next(), stream.next()]
  await stream.return?.()
  const [first, second] = await Promise.allSettled(waiting)
  expect(first).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } })
  expect(second).toMatchObject({ status: 'fulfilled', value: { done: true } })
})
