import {
  anonymous,
  bind,
  conversationPort,
  createMemoryConversation,
  createMemoryKeyValue,
  createMemoryRunStore,
  createRuntime,
  defineAgent,
  keyValuePort,
  PortMap,
  reply,
  runStorePort,
} from '@pf-agents/agent-core'

const [total, live] = process.argv.slice(2).map(Number)
const heap = () => {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
const agent = defineAgent({
  name: 'memory',
  description: 'Asks, or answers at once',
  version: '1.0.0',
  onMessage: (message, context) => {
    if (message.text === 'ask') return reply.inputRequired({ prompt: 'Which?', slot: 'which' })
    if (context.slots.which !== undefined) return reply.completed(`You said ${JSON.stringify(context.slots.which)}`)
    return reply.artifact({ parts: [{ text: message.text }] })
  },
})
const conversation = createMemoryConversation()
const runtime = createRuntime(
  agent,
  new PortMap([
    bind(runStorePort, createMemoryRunStore({ conversation })),
    bind(keyValuePort, createMemoryKeyValue()),
    bind(conversationPort, conversation),
  ]),
)
let count = 0
const send = (text, taskId) =>
  runtime.submit({
    principal: anonymous,
    message: { messageId: `m-${count++}`, role: 'user', parts: [{ text }], ...(taskId && { taskId }) },
  }).outcome

const heapAtStart = heap()
const waiting = []
for (let index = 0; index < live; index++) waiting.push((await send('ask')).task.task.id)
const kilobyte = 'x'.repeat(1000)
// As it comes out of a request: one flat text of its own for each task, not a rope that shares the kilobyte.
const textOf = (index) => Buffer.from(`${index} ${kilobyte}`).toString()
let heapAt100k = 0
for (let index = 1; index <= total; index++) {
  await send(textOf(index))
  if (index === 100_000) heapAt100k = heap()
}
const heapAtEnd = heap()
let lost = 0
for (const taskId of waiting) {
  const outcome = await send('that one', taskId).catch(() => undefined)
  if (outcome?.task?.task.status.state !== 'completed') lost++
}
process.send({ heapAtStart, heapAt100k, heapAtEnd, lost })
