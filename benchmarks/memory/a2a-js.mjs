import { TaskState } from '@a2a-js/sdk'
import { InMemoryTaskStore, ServerCallContext } from '@a2a-js/sdk/server'

const total = Number(process.argv[2])
const heap = () => {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
const store = new InMemoryTaskStore()
const context = new ServerCallContext()
const kilobyte = 'x'.repeat(1000)
const heapAtStart = heap()
for (let index = 1; index <= total; index++) {
  await store.save(
    {
      id: `t-${index}`,
      contextId: `c-${index}`,
      status: { state: TaskState.TASK_STATE_COMPLETED, message: undefined, timestamp: new Date().toISOString() },
      artifacts: [
        {
          artifactId: 'a',
          name: '',
          description: '',
          parts: [
            {
              content: { $case: 'text', value: `${index} ${kilobyte}` },
              metadata: undefined,
              filename: '',
              mediaType: '',
            },
          ],
          metadata: undefined,
          extensions: [],
        },
      ],
      history: [],
      metadata: undefined,
    },
    context,
  )
}
process.send({ heapAtStart, heapAt100k: heap() })
