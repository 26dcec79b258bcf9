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
