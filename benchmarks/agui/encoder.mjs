// A server by hand, as the protocol's quick start shows: its own schema and encoder on Express. No runs are kept, no
// events checked.
import { RunAgentInputSchema } from '@ag-ui/core/schemas'
import { EventEncoder } from '@ag-ui/encoder'
import express from 'express'
import { answerHeap } from '../lib/heap.mjs'

const app = express()
app.use(express.json())
app.post('/agui', async (request, response) => {
  const { messages, threadId, runId } = RunAgentInputSchema.parse(request.body)
  const encoder = new EventEncoder({ accept: request.headers.accept })
  response.setHeader('Content-Type', encoder.getContentType())
  response.setHeader('Cache-Control', 'no-cache')
  const send = (event) => response.write(encoder.encodeSSE(event))
  const count = Number(messages.at(-1).content)
  send({ type: 'RUN_STARTED', threadId, runId })
  const messageId = crypto.randomUUID()
  if (count === 0) {
    send({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' })
    await new Promise((resolve) => response.once('close', resolve))
    return
  }
  send({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' })
  for await (const delta of words(count)) send({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta })
  send({ type: 'TEXT_MESSAGE_END', messageId })
  send({ type: 'RUN_FINISHED', threadId, runId })
  response.end()
})

/** The same agent as the others have. */
async function* words(count) {
  for (let index = 0; index < count; index++) yield `word ${index} `
}

const server = app.listen(0, '127.0.0.1', () => {
  answerHeap()
  process.send({ port: server.address().port })
})
