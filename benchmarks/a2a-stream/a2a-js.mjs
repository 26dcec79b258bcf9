// What the peer does with a message.
import { TaskState } from '@a2a-js/sdk'
import { AgentEvent } from '@a2a-js/sdk/server'
import { serveA2aJs, textPart } from '../lib/a2a-js.mjs'
import { answerHeap } from '../lib/heap.mjs'

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

answerHeap()
serveA2aJs('stream', 'Streams so many chunks, or waits', new StreamExecutor())
