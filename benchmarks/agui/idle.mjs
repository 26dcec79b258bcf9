// Begins so many runs that wait, each with its stream, and ends them: the server's heap before, during and after.
import { start } from '../lib/process.mjs'
import { hold } from './client.mjs'

const [script, total] = process.argv.slice(2)
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

async function open(count) {
  const held = []
  for (let at = 0; at < count; at += 50)
    held.push(...(await Promise.all(Array.from({ length: Math.min(50, count - at) }, () => hold(port)))))
  return held
}
const close = (held) => {
  for (const { socket } of held) socket.destroy()
}

// Code and caches are warm before anything is counted. Ours ends runs five seconds after their reader has gone.
close(await open(500))
await new Promise((resolve) => setTimeout(resolve, 6_500))
const before = await heap()
const held = await open(streams)
const bad = held.filter(({ isRight }) => !isRight).length
const during = await heap()
close(held)
await new Promise((resolve) => setTimeout(resolve, 6_500))
const after = await heap()
await server.stop()
process.send({ perStream: (during - before) / streams, left: (after - before) / streams, bad, before, during, after })
