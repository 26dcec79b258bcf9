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
// As it comes out of a request: one flat text of its own for each task, not a rope that shares the kilobyte.
const textOf = (index) => Buffer.from(`${index} ${kilobyte}`).toString()
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
              content: { $case: 'text', value: textOf(index) },
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
const heapAt100k = heap()
// The store is read behind the measurement: without that the engine sees that nobody needs it any more, and collects it.
let kept = 0
for (let index = 1; index <= total; index++) if (await store.load(`t-${index}`, context)) kept++
process.send({ heapAtStart, heapAt100k, kept })
