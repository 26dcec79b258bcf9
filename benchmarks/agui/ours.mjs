import { defineAgent } from '@pf-agents/agent-core'
import { aguiStream } from '@pf-agents/agui-stream'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { answerHeap } from '../lib/heap.mjs'

const agent = defineAgent({
  name: 'words',
  description: 'Says so many words, or waits',
  version: '1.0.0',
  async *onMessage(message, { signal }) {
    const count = Number(message.text)
    for (let index = 0; index < count; index++) yield `word ${index} `
    if (count === 0) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  },
})
const app = createApp(agent, [eventStream(), aguiStream()], {
  logger: { log: () => {} },
  limits: { concurrentRequests: 100_000 },
  memory: { runStore: { maxTasks: 100_000 } },
  runtime: { deadlineMs: 3_600_000 },
})
const server = await serve(app, { port: 0 })
answerHeap()
process.send({ port: server.port })
