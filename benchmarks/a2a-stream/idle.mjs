// Opens so many streams on a server, leaves them open, closes them: the server's heap before, during and after.
import { closeAll, openInBatches, startForHeap } from '../lib/heap.mjs'
import { hold } from './client.mjs'

const [script, how, total] = process.argv.slice(2)
const streams = Number(total)
const server = startForHeap(script)
const { port } = await server.ready

const idOf = (text) => JSON.parse(text.match(/data: (\{.*\})/)[1]).result.task.id

// Tasks that work, each with the stream that began it. Subscriptions are spread over them.
const send = () => hold(port, 'SendStreamingMessage', '0')
const tasks = await openInBatches(100, send)
const ids = tasks.map(({ first }) => idOf(first))
const subscribe = (index) => hold(port, 'SubscribeToTask', { id: ids[index % ids.length] })
const one = how === 'send' ? send : subscribe
// Code and caches are warm before anything is counted.
closeAll(await openInBatches(2_000, one))
await new Promise((resolve) => setTimeout(resolve, 500))
const before = await server.heap()
const held = await openInBatches(streams, one)
const bad = held.filter(({ first }) => !first.startsWith('HTTP/1.1 200') || !first.includes('"task"')).length
// Held for a while: what grows while nothing happens would be seen.
await new Promise((resolve) => setTimeout(resolve, 15_000))
const during = await server.heap()
closeAll(held)
await new Promise((resolve) => setTimeout(resolve, 500))
const after = await server.heap()
closeAll(tasks)
await server.stop()
process.send({ perStream: (during - before) / streams, left: after / before, bad, before, during, after })
