import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { answerHeap } from '../lib/heap.mjs'

const agent = defineAgent({
  name: 'stream',
  description: 'Streams so many chunks, or waits',
  version: '1.0.0',
  async *onMessage(message, { signal }) {
    const [count, pause = 0] = message.text.split(' ').map(Number)
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
    for (let index = 0; index < count; index++) yield `chunk ${index} `
    if (count === 0) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  },
})
const limits = { concurrentRequests: 100_000 }
const app = createApp(agent, [eventStream(), a2aServer()], {
  limits,
  memory: { runStore: { maxTasks: 100_000 } },
  runtime: { deadlineMs: 3_600_000 },
})
const server = await serve(app, { port: 0 })
answerHeap()
process.send({ port: server.port })
