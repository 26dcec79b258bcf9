// The peer, put together as its own documentation shows: chat() over an adapter, answered by toServerSentEventsResponse().
import { serve } from '@hono/node-server'
import { chat, chatParamsFromRequestBody, toServerSentEventsResponse } from '@tanstack/ai'
import { BaseTextAdapter } from '@tanstack/ai/adapters'
import { Hono } from 'hono'
import { answerHeap } from '../lib/heap.mjs'

/** In place of a provider: says so many words, or waits. */
class Words extends BaseTextAdapter {
  name = 'words'

  constructor() {
    super({}, 'words')
  }

  async *chatStream({ messages, threadId, runId, request }) {
    const last = messages.at(-1)
    const count = Number(typeof last.content === 'string' ? last.content : last.content[0].content)
    yield { type: 'RUN_STARTED', threadId, runId }
    const messageId = this.generateId()
    if (count === 0) {
      yield { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' }
      await new Promise((resolve) => request?.signal?.addEventListener('abort', resolve, { once: true }))
      return
    }
    yield { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' }
    for (let index = 0; index < count; index++)
      yield { type: 'TEXT_MESSAGE_CONTENT', messageId, delta: `word ${index} ` }
    yield { type: 'TEXT_MESSAGE_END', messageId }
    yield { type: 'RUN_FINISHED', threadId, runId, finishReason: 'stop' }
  }
}

const adapter = new Words()
const app = new Hono()
app.post('/agui', async (context) => {
  const { messages, threadId, runId } = await chatParamsFromRequestBody(await context.req.json())
  const abortController = new AbortController()
  return toServerSentEventsResponse(chat({ adapter, messages, threadId, runId, abortController }), { abortController })
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  answerHeap()
  process.send({ port })
})
