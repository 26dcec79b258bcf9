// Opens so many streams on a server, leaves them open, closes them: the server's heap before, during and after.
import { start } from '../lib/process.mjs'
import { hold } from './client.mjs'

const [script, how, total] = process.argv.slice(2)
const streams = Number(total)
const server = start(script, [], { execArgv: ['--expose-gc', '--max-old-space-size=4096'] })
const { port } = await server.ready

const ask = () =>
  new Promise((resolve) => {
    server.child.once('message', resolve)
    server.child.send('heap')
  })
/** The lowest of a few looks: what is only waiting to be collected does not count. */
const heap = async () => {
  const looks = []
  for (let count = 0; count < 4; count++) {
    await new Promise((resolve) => setTimeout(resolve, 150))
    looks.push((await ask()).heapUsed)
  }
  return Math.min(...looks)
}
const idOf = (text) => JSON.parse(text.match(/data: (\{.*\})/)[1]).result.task.id

async function open(count, request) {
  const sockets = []
  for (let at = 0; at < count; at += 50) {
    const batch = await Promise.all(Array.from({ length: Math.min(50, count - at) }, (_, index) => request(at + index)))
    sockets.push(...batch)
  }
  return sockets
}
const close = (held) => {
  for (const { socket } of held) socket.destroy()
}

// Tasks that work, each with the stream that began it. Subscriptions are spread over them.
const send = () => hold(port, 'SendStreamingMessage', '0')
const tasks = await open(100, send)
const ids = tasks.map(({ first }) => idOf(first))
const subscribe = (index) => hold(port, 'SubscribeToTask', { id: ids[index % ids.length] })
const one = how === 'send' ? send : subscribe
// Code and caches are warm before anything is counted.
close(await open(2_000, one))
await new Promise((resolve) => setTimeout(resolve, 500))
const before = await heap()
const held = await open(streams, one)
const bad = held.filter(({ first }) => !first.startsWith('HTTP/1.1 200') || !first.includes('"task"')).length
// Held for a while: what grows while nothing happens would be seen.
await new Promise((resolve) => setTimeout(resolve, 15_000))
const during = await heap()
close(held)
await new Promise((resolve) => setTimeout(resolve, 500))
const after = await heap()
close(tasks)
await server.stop()
process.send({ perStream: (during - before) / streams, left: after / before, bad, before, during, after })
