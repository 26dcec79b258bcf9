// An answer whose end was told is whole: what comes behind it, or does not come, is no part of it. Nor does it wait for a
// server that keeps the connection open.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LanguageModel, ModelHost, ModelStreamPart } from '@pf-agents/agent-core'
import { createFakeClock, createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { hello, read, sse } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import { createOpenAiChat, createOpenAiResponses } from '../openai'
import { createReplyCollector } from '../reply/reply'

type Make = (host: ModelHost) => LanguageModel

const piece = { id: 'c', choices: [{ index: 0, delta: { content: 'whole answer' }, finish_reason: null }] }
const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }
const gemini = { candidates: [{ content: { parts: [{ text: 'whole answer' }] }, finishReason: 'STOP' }] }
const geminiUsage = { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } }

const options = { model: 'm', attempts: 1, maxEventLength: 16 * 1024 }
const chat: Make = (host) => createOpenAiChat({ ...options, host })
const ofGoogle: Make = (host) => createGemini({ ...options, host })
const answers: Record<string, [Make, told: string, counted?: boolean]> = {
  'chat with all of it': [chat, sse(piece, stop, usage, '[DONE]')],
  'chat without [DONE]': [chat, sse(piece, stop, usage)],
  'chat without usage': [chat, sse(piece, stop, '[DONE]'), false],
  'chat with its finish alone': [chat, sse(piece, stop), false],
  'chat with its usage in the finish': [chat, sse(piece, { ...stop, usage: usage.usage }, '[DONE]')],
  'chat with a blank behind [DONE]': [chat, sse(piece, stop, usage, '[DONE] ')],
  'chat with joined lines': [chat, sse(piece, stop, usage, '[DONE]').replaceAll('\n\n', '\n') + '\n'],
  gemini: [ofGoogle, sse({ ...gemini, ...geminiUsage })],
  'gemini with usage behind': [ofGoogle, sse(gemini, geminiUsage)],
  responses: [
    (host) => createOpenAiResponses({ ...options, host }),
    sse({
      type: 'response.completed',
      response: {
        status: 'completed',
        output: [{ type: 'message', content: [{ type: 'output_text', text: 'whole answer' }] }],
        usage: { input_tokens: 1, output_tokens: 2 },
      },
    }),
  ],
  anthropic: [
    (host) => createAnthropic({ ...options, host }),
    sse(
      { type: 'message_start', message: { usage: { input_tokens: 1, output_tokens: 0 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'whole answer' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ),
  ],
}

/** A body of chunks, and what becomes of it then. */
function bodyOf(chunks: readonly string[], then: 'end' | 'reset' | 'open') {
  const encoder = new TextEncoder()
  const seen = { canceled: false }
  const rest = [...chunks]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = rest.shift()
      if (chunk !== undefined) controller.enqueue(encoder.encode(chunk))
      else if (then === 'end') controller.close()
      else if (then === 'reset') controller.error(new TypeError('terminated'))
      else return new Promise(() => {})
      return undefined
    },
    cancel() {
      seen.canceled = true
    },
  })
  return { body, seen }
}

async function play(make: Make, chunks: readonly string[], then: 'end' | 'reset' | 'open') {
  const clock = createFakeClock()
  const start = clock.now()
  const { body, seen } = bodyOf(chunks, then)
  const host: ModelHost = {
    clock,
    random: createSeededRandom(1),
    fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  }
  let told = 0
  const reading = read(make(host), hello).then((result) => ((told = clock.now() - start), result))
  await clock.run()
  return { ...(await reading), seen, told, pending: clock.pending }
}

const summary = (parts: readonly ModelStreamPart[]) => {
  const collector = createReplyCollector()
  for (const part of parts) collector.add(part)
  const { text, finish, usage: used } = collector.reply()
  return [text, finish.reason, used.inputTokens, used.outputTokens]
}

describe.each(Object.entries(answers))('%s', (_, [make, told, counted = true]) => {
  const whole = counted ? ['whole answer', 'stop', 1, 2] : ['whole answer', 'stop', undefined, undefined]
  const splits = [[told], told.split(/(?<=\n\n)/), told.split('')]
  const behind: Record<string, string> = {
    nothing: '',
    'a line that is no JSON': 'data: garbage\n\n',
    'an error': sse({ type: 'error', error: { message: 'Overloaded', code: 529, type: 'overloaded_error' } }),
    'an error by name': `event: error\n${sse({ message: 'No' })}`,
    'an error of the status of an answer': sse({
      type: 'response.failed',
      response: { error: { code: 'server_error' } },
    }),
    'a line that never ends': 'data: {"choices":[',
    'a page': '<html>Bad gateway</html>\n\n',
    'an event beyond all bounds': `data: ${'x'.repeat(17 * 1024)}\n\n`,
  }

  it.each(Object.entries(behind))('is whole with %s behind it', async (_name, rest) => {
    for (const chunks of splits) {
      for (const then of ['end', 'reset'] as const) {
        for (const all of [
          [...chunks, rest],
          [...chunks.slice(0, -1), chunks.at(-1) + rest],
        ]) {
          const { parts, error, pending } = await play(make, all, then)
          expect([error, ...summary(parts), pending]).toEqual([undefined, ...whole, 0])
        }
      }
    }
  })

  it('does not wait for the connection to close, and gives it up', async () => {
    for (const chunks of splits) {
      const { parts, error, told: after, seen, pending } = await play(make, chunks, 'open')
      expect([error, ...summary(parts)]).toEqual([undefined, ...whole])
      // Nothing more can come where the provider has a mark for it; else the usage has a moment.
      expect(after).toBeLessThanOrEqual(/DONE|message_stop|response.completed/.test(told) ? 0 : 2020)
      expect([seen.canceled, pending]).toEqual([true, 0])
    }
  })

  it('is whole where the time for silence or for all of it is over behind it', async () => {
    for (const timeouts of [{ idleMs: 100 }, { totalMs: 100 }]) {
      const clock = createFakeClock()
      const { body } = bodyOf([told], 'open')
      const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
      const reading = read(make({ clock, random: createSeededRandom(1), fetch }), { ...hello, timeouts })
      await clock.run()
      const { parts, error } = await reading
      expect([error, ...summary(parts)]).toEqual([undefined, ...whole])
    }
  })

  it('what lacks the end is still no answer', async () => {
    const half = told.slice(0, told.indexOf('whole answer') + 3)
    for (const then of ['end', 'reset'] as const) {
      const { parts, error } = await play(make, [half], then)
      expect(error).toMatchObject({ code: expect.stringMatching(/^PF_MODEL_(UNAVAILABLE|INTERRUPTED)$/) })
      expect(parts.some(({ type }) => type === 'finish')).toBe(false)
    }
  })
})

it('[DONE] without an end of the answer is none, and nothing is waited for', async () => {
  const { error, told } = await play(chat, [sse(piece, '[DONE]')], 'open')
  expect(error).toMatchObject({ code: 'PF_MODEL_INTERRUPTED', details: { because: 'PF_MODEL_UNAVAILABLE' } })
  expect(told).toBe(0)
})

it('an abort while the usage is waited for is an abort', async () => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const clock = createFakeClock()
  clock.after(1000, () => controller.abort(reason))
  const { body, seen } = bodyOf([sse(piece, stop)], 'open')
  const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const host = { clock, random: createSeededRandom(1), fetch }
  const reading = read(chat(host), { ...hello, signal: controller.signal })
  await clock.run()
  const { error, parts } = await reading
  expect([error, seen.canceled, clock.pending]).toEqual([reason, true, 0])
  expect(parts.some(({ type }) => type === 'finish')).toBe(false)
})

it('a usage that comes late is counted', async () => {
  const clock = createFakeClock()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (...events: unknown[]) => controller.enqueue(new TextEncoder().encode(sse(...events)))
      send(piece, stop)
      clock.after(900, () => send(usage, '[DONE]'))
    },
  })
  const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const reading = read(chat({ clock, random: createSeededRandom(1), fetch }))
  await clock.run()
  expect(summary((await reading).parts)).toEqual(['whole answer', 'stop', 1, 2])
})

it('a usage that is there is counted, however slowly the answer is read', async () => {
  const clock = createFakeClock()
  const chunks = [sse(piece), sse(stop), sse(usage)].map((text) => new TextEncoder().encode(text))
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
    },
  })
  const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const parts: ModelStreamPart[] = []
  const reading = (async () => {
    for await (const part of chat({ clock, random: createSeededRandom(1), fetch }).stream(hello)) {
      parts.push(part)
      await new Promise<void>((resolve) => clock.after(5_000, resolve))
    }
  })()
  await clock.run()
  await reading
  expect(summary(parts)).toEqual(['whole answer', 'stop', 1, 2])
})

it('a usage that came while the process was busy is counted, though the time for it is over', async () => {
  const clock = createFakeClock()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (...events: unknown[]) => controller.enqueue(new TextEncoder().encode(sse(...events)))
      send(piece, stop)
      // Of a process that was busy the timers that are due come first, then what the sockets have.
      clock.after(1_999, () => clock.after(1, () => send(usage, '[DONE]')))
    },
  })
  const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const reading = read(chat({ clock, random: createSeededRandom(1), fetch }))
  await clock.run()
  expect(summary((await reading).parts)).toEqual(['whole answer', 'stop', 1, 2])
})

it('figures that come behind a usage of nothing are counted', async () => {
  const zero = { choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } }
  const ofGemini = { usageMetadata: { promptTokenCount: 1 } }
  for (const [make, events] of [
    [chat, [sse(piece, stop), sse(zero), sse(usage)]],
    [ofGoogle, [sse(gemini), sse(ofGemini), sse(geminiUsage)]],
  ] as const) {
    const { parts, pending, told } = await play(make, events, 'open')
    expect([summary(parts), pending, told]).toEqual([['whole answer', 'stop', 1, 2], 0, 0])
  }
})

describe('over real sockets', () => {
  it.each(['reset', 'open'])('a connection that is %s behind the end', async (then) => {
    const listener: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(sse(piece, stop, usage, '[DONE]'), () => {
        if (then === 'reset') response.socket?.resetAndDestroy()
      })
    }
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const closed = once(server, 'connection').then(([socket]) => once(socket as never, 'close'))
      const baseUrl = `http://127.0.0.1:${port}/v1`
      const { parts, error } = await read(createOpenAiChat({ model: 'm', baseUrl, attempts: 1 }))
      expect([error, ...summary(parts)]).toEqual([undefined, 'whole answer', 'stop', 1, 2])
      await closed
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
