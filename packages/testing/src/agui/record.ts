/** What went over the wire for one run. */
export interface Recording {
  status: number
  headers: Headers
  bytes(): Uint8Array
  /** The last byte came. */
  isWhole: boolean
  firstEventMs: number | undefined
  /** The same for the last bytes that there are by now. */
  lastBytesMs: number | undefined
}

/** A `fetch` that lets the body through as it comes, and keeps it. */
export function recordingFetch(
  fetch: typeof globalThis.fetch,
  headers: Readonly<Record<string, string>>,
  onRecording: (recording: Recording) => void,
): typeof globalThis.fetch {
  return async (url, init) => {
    const started = performance.now()
    const sent = new Headers(init?.headers)
    for (const [name, value] of Object.entries(headers)) sent.set(name, value)
    const response = await fetch(url, { ...init, headers: sent })
    const chunks: Uint8Array[] = []
    const recording: Recording = {
      status: response.status,
      headers: response.headers,
      bytes: () => Buffer.concat(chunks),
      isWhole: response.body === null,
      firstEventMs: undefined,
      lastBytesMs: undefined,
    }
    onRecording(recording)
    const reader = response.body?.getReader()
    if (reader === undefined) return response
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) {
          recording.isWhole = true
          return controller.close()
        }
        chunks.push(value)
        recording.lastBytesMs = performance.now() - started
        recording.firstEventMs ??= recording.lastBytesMs
        controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    })
    return new Response(body, { status: response.status, headers: response.headers })
  }
}
