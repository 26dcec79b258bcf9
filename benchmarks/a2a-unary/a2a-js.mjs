// What the peer does with a message.
import { randomUUID } from 'node:crypto'
import { Role, TaskState } from '@a2a-js/sdk'
import { AgentEvent } from '@a2a-js/sdk/server'
import { serveA2aJs, textPart } from '../lib/a2a-js.mjs'

class EchoExecutor {
  async execute({ userMessage, taskId, contextId }, bus) {
    const said = userMessage.parts[0].content.value
    const echo = `Echo: ${said}`
    if (!said.startsWith('task')) {
      bus.publish(
        AgentEvent.message({
          messageId: randomUUID(),
          role: Role.ROLE_AGENT,
          parts: [textPart(echo)],
          contextId,
          taskId: '',
          metadata: undefined,
          extensions: [],
          referenceTaskIds: [],
        }),
      )
      bus.finished()
      return
    }
    const now = () => new Date().toISOString()
    bus.publish(
      AgentEvent.task({
        id: taskId,
        contextId,
        status: { state: TaskState.TASK_STATE_SUBMITTED, message: undefined, timestamp: now() },
        artifacts: [],
        history: [userMessage],
        metadata: undefined,
      }),
    )
    bus.publish(
      AgentEvent.artifactUpdate({
        taskId,
        contextId,
        artifact: {
          artifactId: randomUUID(),
          name: '',
          description: '',
          parts: [textPart(echo)],
          metadata: undefined,
          extensions: [],
        },
        append: false,
        lastChunk: true,
        metadata: undefined,
      }),
    )
    bus.publish(
      AgentEvent.statusUpdate({
        taskId,
        contextId,
        status: { state: TaskState.TASK_STATE_COMPLETED, message: undefined, timestamp: now() },
        metadata: undefined,
      }),
    )
    bus.finished()
  }
  async cancelTask() {}
}

serveA2aJs('echo', 'Echoes', new EchoExecutor())
