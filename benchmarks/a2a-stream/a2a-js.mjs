// The peer, put together as its own documentation shows: DefaultRequestHandler, in-memory store, Express.
import { TaskState } from '@a2a-js/sdk'
import { AgentEvent, DefaultRequestHandler, InMemoryTaskStore } from '@a2a-js/sdk/server'
import { jsonRpcHandler, UserBuilder } from '@a2a-js/sdk/server/express'
import express from 'express'
import { answerHeap } from '../lib/heap.mjs'

const textPart = (value) => ({ content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: '' })
const status = (state) => ({ state, message: undefined, timestamp: new Date().toISOString() })

class StreamExecutor {
  async execute({ userMessage, taskId, contextId }, bus) {
    const [count, pause = 0] = userMessage.parts[0].content.value.split(' ').map(Number)
    const tell = (state) =>
      bus.publish(AgentEvent.statusUpdate({ taskId, contextId, status: status(state), metadata: undefined }))
    bus.publish(
      AgentEvent.task({
        id: taskId,
        contextId,
        status: status(TaskState.TASK_STATE_SUBMITTED),
        artifacts: [],
        history: [userMessage],
        metadata: undefined,
      }),
    )
    tell(TaskState.TASK_STATE_WORKING)
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
    for (let index = 0; index < count; index++) {
      bus.publish(
        AgentEvent.artifactUpdate({
          taskId,
          contextId,
          artifact: {
            artifactId: 'text',
            name: '',
            description: '',
            parts: [textPart(`chunk ${index} `)],
            metadata: undefined,
            extensions: [],
          },
          append: index > 0,
          lastChunk: index === count - 1,
          metadata: undefined,
        }),
      )
    }
    if (count === 0) return new Promise(() => {})
    tell(TaskState.TASK_STATE_COMPLETED)
    bus.finished()
  }
  async cancelTask() {}
}

const card = {
  name: 'stream',
  description: 'Streams so many chunks, or waits',
  version: '1.0.0',
  provider: undefined,
  supportedInterfaces: [{ url: 'http://127.0.0.1/', protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: '' }],
  capabilities: { streaming: true, pushNotifications: false, extendedAgentCard: false, extensions: [] },
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [],
  securitySchemes: {},
  securityRequirements: [],
  signatures: [],
}

const requestHandler = new DefaultRequestHandler(card, new InMemoryTaskStore(), new StreamExecutor())
const app = express()
app.use('/', jsonRpcHandler({ requestHandler, userBuilder: UserBuilder.noAuthentication }))
const server = app.listen(0, '127.0.0.1', () => {
  answerHeap()
  process.send({ port: server.address().port })
})
