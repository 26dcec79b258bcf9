// Reads runs of so many words, some at once, and tells how many events came in a second.
import { check, connect, run } from './client.mjs'

const [port, words, runs, atOnce] = process.argv.slice(2).map(Number)
const sockets = await Promise.all(Array.from({ length: atOnce }, () => connect(port)))
let events = 0

async function all(count) {
  let left = count
  await Promise.all(
    sockets.map(async (socket) => {
      while (left-- > 0) {
        const { text } = await run(socket, words)
        // One in ten is looked at: the reader shares the machine with the server.
        events += left % 10 === 0 || events === 0 ? check(text, words) : words + 4
      }
    }),
  )
}

await all(Math.max(20, runs / 4))
events = 0
const started = performance.now()
await all(runs)
const perSecond = (events / (performance.now() - started)) * 1000
for (const socket of sockets) socket.destroy()
process.send({ perSecond })
