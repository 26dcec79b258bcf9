import { type Clock, systemClock } from '@pf-agents/agent-core'
import { encodeSseComment } from './sse-event'
import { type SseHome, type SseOwner, SseStream } from './sse-stream'

/** Options of {@link createSseHub}. */
export interface SseHubOptions {
  /** A comment is sent after so many ms of silence, so that no proxy takes the connection for dead; 0 = never. Default 15,000. */
  heartbeatMs?: number | undefined
  /**
   * A reader that takes nothing for so many ms, while something waits for it, is given up. Streams are looked at eight
   * times within that time, so that it may be up to a quarter more. Default 30,000.
   */
  stallMs?: number | undefined
  /** Characters that may wait for a slow reader before its stream asks to be left alone. Default 65,536. */
  bufferLength?: number | undefined
  clock?: Clock | undefined
}

/** Streams of events, looked after together: one timer for all of them, none while there is no stream. */
export interface SseHub {
  /** Opens a stream. */
  open(owner: SseOwner): SseStream
  /** Streams that are open, or whose last text is still on its way. */
  readonly size: number
  /** Ends every stream, and tells whoever writes it. What was written is still delivered. */
  close(): void
}

/** Streams are looked at this many times within the shortest of the times they are looked at for. */
const looks = 8

/**
 * Makes a hub. A stream that is open holds no timer, no signal and no `ReadableStream` of its own.
 *
 * @example
 * ```ts
 * const hub = createSseHub()
 * const stream = hub.open({ gone: () => stop(), stalled: () => encodeSseEvent({ event: 'error', data: '{}' }) })
 * stream.write(encodeSseEvent({ data: '{}' }))
 * return sseResponse(stream)
 * ```
 */
export function createSseHub(options: SseHubOptions = {}): SseHub {
  return new Hub(options)
}

const heartbeat = encodeSseComment('keep-alive')

class Hub implements SseHub, SseHome {
  readonly clock: Clock
  readonly bufferLength: number
  readonly #heartbeatMs: number
  readonly #stallMs: number
  readonly #lookMs: number
  readonly #streams = new Set<SseStream>()
  #cancelLook: (() => void) | undefined

  constructor({ clock = systemClock, heartbeatMs = 15_000, stallMs = 30_000, bufferLength = 65_536 }: SseHubOptions) {
    this.clock = clock
    this.#heartbeatMs = heartbeatMs
    this.#stallMs = stallMs
    this.bufferLength = bufferLength
    this.#lookMs = Math.max(1, Math.ceil(Math.min(heartbeatMs || stallMs, stallMs) / looks))
  }

  get size(): number {
    return this.#streams.size
  }

  open(owner: SseOwner): SseStream {
    const stream = new SseStream(owner, this)
    this.#streams.add(stream)
    this.#cancelLook ??= this.clock.after(this.#lookMs, this.#look)
    return stream
  }

  close(): void {
    for (const stream of [...this.#streams]) stream.shut()
  }

  leave(stream: SseStream): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    this.#cancelLook?.()
    this.#cancelLook = undefined
  }

  readonly #look = (): void => {
    const now = this.clock.now()
    for (const stream of this.#streams) {
      const waitsSince = stream.look()
      if (waitsSince === undefined) {
        if (this.#heartbeatMs > 0 && now - stream.writtenAt >= this.#heartbeatMs) stream.write(heartbeat)
      } else if (now - waitsSince >= this.#stallMs) stream.stall()
    }
    this.#cancelLook = this.#streams.size > 0 ? this.clock.after(this.#lookMs, this.#look) : undefined
  }
}
