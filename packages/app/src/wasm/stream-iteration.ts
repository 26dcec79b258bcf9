/** Makes streams async iterable, which StarlingMonkey's are not. */
export function addStreamIteration(): void {
  const prototype = ReadableStream.prototype as { values?: unknown; [Symbol.asyncIterator]?: unknown }
  prototype.values ??= values
  prototype[Symbol.asyncIterator] ??= prototype.values
}

async function* values<T>(this: ReadableStream<T>, options?: { preventCancel?: boolean }): AsyncGenerator<T, void> {
  const reader = this.getReader()
  let ended = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) {
        ended = true
        return
      }
      yield value
    }
  } finally {
    if (!ended && options?.preventCancel !== true) await reader.cancel().catch(() => {})
    reader.releaseLock()
  }
}
