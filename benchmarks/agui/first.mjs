// Time to the first event of a run, over one kept-alive socket: written and read raw, so that what is measured is the
// server and not a client.
import { check, connect, run } from './client.mjs'

const [port, times] = process.argv.slice(2).map(Number)
const socket = await connect(port)
// Long enough for the engine to have compiled what is called once per request.
for (let count = 0; count < 4_000; count++) await run(socket, 1)
const ms = []
for (let count = 0; count < times; count++) {
  const { firstMs, text } = await run(socket, 1)
  check(text, 1)
  ms.push(firstMs)
}
socket.destroy()
process.send({ p50: ms.sort((a, b) => a - b)[Math.floor(ms.length / 2)] })
