import { type Clock, systemClock } from '@pf-agents/agent-core'
import { encodeSseComment, encodeSseEvent, type SseEvent } from './sse-event'

/** Options of {@link createSseWriter}. */
export interface SseWriterOptions {
  /** A comment is sent after so many ms of silence; 0 = never. Default 15,000. */
  heartbeatMs?: number | undefined
  /** Characters that may wait for a slow reader before `write` holds its caller back. Default 65,536. */
  bufferLength?: number | undefined
  /** The request's signal: when it aborts, the reader is gone. */
  signal?: AbortSignal | undefined
  clock?: Clock | undefined
}

/** The writing end of an event stream. */
export interface SseWriter {
  /** The response's body; use it with {@link sseHeaders}. */
  readonly stream: ReadableStream<Uint8Array>
  /** Aborts when the reader is gone. */
  readonly signal: AbortSignal
  /**
   * Sends one event, and waits while the reader is behind by more than the buffer.
   * False where the reader is gone or the stream was closed: stop sending.
   */
  write(event: SseEvent): Promise<boolean>
  /** Ends the stream. What was written is still delivered. */
  close(): void
}

/**
 * Makes an event stream with back-pressure, heartbeats while it is silent, and a signal for when the reader goes away.
 * An event goes out at once; those written in the same turn of the event loop follow together with the next, so that
 * a burst costs few chunks and a producer that never waits for anything can't starve the connection it writes to.
 * Nothing stays behind (timer, listener, waiting writer) once it is closed or the reader is gone.
 *
 * @example
 * ```ts
 * const writer = createSseWriter({ signal: request.signal })
 * void produce(writer).finally(() => writer.close())
 * return new Response(writer.stream, { headers: sseHeaders })
 * ```
 */
export function createSseWriter(options: SseWriterOptions = {}): SseWriter {
  const { heartbeatMs = 15_000, bufferLength = 65_536, signal: outer, clock = systemClock } = options
  const encoder = new TextEncoder()
  const gone = new AbortController()
  let controller: ReadableStreamDefaultController<Uint8Array>
  let over = false
  /** Frames that the stream does not have yet. */
  let pending = ''
  /** The reader waits for a chunk. */
  let hungry = false
  /** Set for the rest of the turn in which a chunk went out. */
  let cooling: (() => void) | undefined
  let lastWrite = clock.now()
  let stopHeartbeat: (() => void) | undefined
  let waiting: (() => void)[] = []

  const handOver = () => {
    if (pending !== '') controller.enqueue(encoder.encode(pending))
    pending = ''
    hungry = false
    const ready = waiting
    waiting = []
    for (const resume of ready) resume()
  }
  const flush = () => {
    if (!hungry || cooling || pending === '') return
    handOver()
    cooling = clock.after(0, () => {
      cooling = undefined
      flush()
    })
  }
  const append = (frame: string) => {
    lastWrite = clock.now()
    pending += frame
    flush()
  }
  const beat = (wait: number) => {
    stopHeartbeat = clock.after(wait, () => {
      const rest = lastWrite + heartbeatMs - clock.now()
      // A reader that is behind has enough to read; comments would only pile up.
      if (rest <= 0 && pending === '') append(encodeSseComment('keep-alive'))
      beat(rest > 0 ? rest : heartbeatMs)
    })
  }
  const finish = () => {
    over = true
    stopHeartbeat?.()
    cooling?.()
    outer?.removeEventListener('abort', onAbort)
    handOver()
  }
  const abort = (reason: unknown) =>
    gone.abort(reason ?? new DOMException('The event stream has no reader', 'AbortError'))
  const close = () => {
    if (over) return
    finish()
    controller.close()
  }
  const onAbort = () => {
    close()
    abort(outer?.reason)
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(created) {
        controller = created
      },
      pull() {
        hungry = true
        flush()
      },
      cancel(reason) {
        if (over) return
        pending = ''
        finish()
        abort(reason)
      },
    },
    // What waits, waits in one string rather than in a queue of chunks.
    { highWaterMark: 0 },
  )
  if (outer?.aborted) onAbort()
  else {
    outer?.addEventListener('abort', onAbort)
    if (heartbeatMs > 0) beat(heartbeatMs)
  }

  return {
    stream,
    signal: gone.signal,
    async write(event) {
      if (over) return false
      append(encodeSseEvent(event))
      while (!over && pending.length >= bufferLength) await new Promise<void>((resume) => waiting.push(resume))
      return !over
    },
    close,
  }
}
