import { type Clock, systemClock } from '@pf-agents/agent-core'
import { encodeSseComment, encodeSseEvent, type SseEvent } from './sse-event'

/** Options of {@link createSseWriter}. */
export interface SseWriterOptions {
  /** A comment is sent after so many ms of silence; 0 = never. Default 15,000. */
  heartbeatMs?: number | undefined
  /** Bytes that may wait for a slow reader before `write` holds its caller back. Default 65,536. */
  bufferBytes?: number | undefined
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
  const { heartbeatMs = 15_000, bufferBytes = 65_536, signal: outer, clock = systemClock } = options
  const encoder = new TextEncoder()
  const gone = new AbortController()
  let controller: ReadableStreamDefaultController<Uint8Array>
  let over = false
  let lastWrite = clock.now()
  let stopHeartbeat: (() => void) | undefined
  let waiting: (() => void)[] = []

  const wake = () => {
    const ready = waiting
    waiting = []
    for (const resume of ready) resume()
  }
  const finish = () => {
    over = true
    stopHeartbeat?.()
    outer?.removeEventListener('abort', onAbort)
    wake()
  }
  const disconnect = (reason: unknown) => {
    if (over) return
    finish()
    gone.abort(reason ?? new DOMException('The reader of the event stream is gone', 'AbortError'))
  }
  const onAbort = () => {
    if (over) return
    disconnect(outer?.reason)
    controller.close()
  }
  const beat = (wait: number) => {
    stopHeartbeat = clock.after(wait, () => {
      const rest = lastWrite + heartbeatMs - clock.now()
      // A reader that is behind has enough to read; a comment would only fill its buffer.
      if (rest <= 0 && (controller.desiredSize ?? 0) > 0) send(encodeSseComment('keep-alive'))
      beat(rest > 0 ? rest : heartbeatMs)
    })
  }
  const send = (frame: string) => {
    lastWrite = clock.now()
    controller.enqueue(encoder.encode(frame))
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(created) {
        controller = created
      },
      pull: wake,
      cancel: disconnect,
    },
    { highWaterMark: bufferBytes, size: (chunk) => chunk?.byteLength ?? 0 },
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
      send(encodeSseEvent(event))
      while (!over && (controller.desiredSize ?? 0) <= 0) await new Promise<void>((resume) => waiting.push(resume))
      return !over
    },
    close() {
      if (over) return
      finish()
      controller.close()
    },
  }
}
