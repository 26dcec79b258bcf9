import { start } from './process.mjs'

/** Tells its heap to the parent process whenever that asks. */
export function answerHeap() {
  process.on('message', (what) => {
    if (what !== 'heap') return
    globalThis.gc?.()
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    process.send({ heapUsed, rss })
  })
}

/** Starts a server that answers with its heap; `heap` gives the bytes that it uses. */
export function startForHeap(script) {
  const server = start(script, [], { execArgv: ['--expose-gc', '--max-old-space-size=4096'] })
  const ask = () =>
    new Promise((resolve) => {
      server.child.once('message', resolve)
      server.child.send('heap')
    })
  return {
    ...server,
    /** The lowest of a few looks: what is only waiting to be collected does not count. */
    async heap() {
      const looks = []
      for (let count = 0; count < 4; count++) {
        await new Promise((resolve) => setTimeout(resolve, 150))
        looks.push((await ask()).heapUsed)
      }
      return Math.min(...looks)
    },
  }
}

/** Calls so many times, fifty at once, each with its number. */
export async function openInBatches(count, open) {
  const held = []
  for (let at = 0; at < count; at += 50)
    held.push(...(await Promise.all(Array.from({ length: Math.min(50, count - at) }, (_, index) => open(at + index)))))
  return held
}

/** Ends connections that are held. */
export function closeAll(held) {
  for (const { socket } of held) socket.destroy()
}
