import type { Clock } from '@pf-agents/agent-core'
import { StreamSink } from './stream-sink'
import { markTextSource, type TextSink, type TextSource } from './text-source'

/** Whoever writes a stream. */
export interface SseOwner {
  /** The reader is gone, or was given up: nothing more can be written. Called once, and never after `close`. */
  gone(): void
  /** The reader takes nothing: what to say to it before the stream is ended. */
  stalled(): string
}

/** What a stream needs of its hub. */
export interface SseHome {
  readonly clock: Clock
  readonly bufferLength: number
  /** The stream is over, and all of it delivered. */
  leave(stream: SseStream): void
}

/**
 * The writing end of one event stream. Text goes straight to the host's connection where the host can take it so, and
 * through a `ReadableStream` elsewhere. Made by a hub, which sends the heartbeats and gives up readers that stall.
 */
export class SseStream implements TextSource {
  /** When something was last written: milliseconds since 1970. */
  writtenAt: number
  /** Since when the reader takes nothing though something waits for it; `undefined` where nothing does. */
  #waitsSince: number | undefined
  /** What it had taken by then. */
  #taken: number | undefined
  readonly #owner: SseOwner
  readonly #home: SseHome
  #sink: TextSink | undefined
  /** Text that no sink has taken yet. */
  #pending = ''
  #isFull = false
  #isOver = false
  #hasLeft = false
  #hasStalled = false
  #waiting: (() => void) | undefined

  constructor(owner: SseOwner, home: SseHome) {
    this.#owner = owner
    this.#home = home
    this.writtenAt = home.clock.now()
    // Until somebody takes the body, it waits.
    this.#waitsSince = this.writtenAt
  }

  /** Whether nothing more can be written. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether the reader is behind: wait for {@link room} before writing more. */
  get isBehind(): boolean {
    return this.#isFull || this.#pending.length >= this.#home.bufferLength
  }

  /** Writes whole events. False where the reader is behind, or nobody is there any more. */
  write(text: string): boolean {
    if (this.#isOver) return false
    this.writtenAt = this.#home.clock.now()
    this.#give(text)
    return !this.isBehind
  }

  /** Resolves once there is room for more, or nobody is there any more. For one who waits at a time. */
  room(): Promise<void> {
    if (!this.isBehind || this.#isOver) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  /** Ends the stream. What was written is still delivered. */
  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#waits(this.#home.clock.now())
    this.#resume()
    if (this.#sink !== undefined && !this.#isFull) this.#sink.end()
  }

  /** Called by the hub: everything ends, whoever writes. */
  shut(): void {
    if (this.#isOver) return
    this.close()
    this.#owner.gone()
  }

  /** Called by the hub now and then: since when the reader takes nothing though something waits for it. */
  look(): number | undefined {
    if (this.#sink?.taken === undefined) return this.#waitsSince
    const taken = this.#sink.taken()
    const now = this.#home.clock.now()
    if (taken === undefined) {
      if (!this.#isFull && !this.#isOver) this.#waitsSince = undefined
    } else if (this.#waitsSince === undefined) this.#waits(now, taken)
    // Who is to be gone has its time, however little of what is left it takes.
    else if (taken !== this.#taken && !this.#hasStalled) this.#waits(now, taken)
    return this.#waitsSince
  }

  #waits(since: number, taken = this.#sink?.taken?.()): void {
    this.#waitsSince = since
    this.#taken = taken
  }

  /** Called by the hub: the reader has taken nothing for too long. */
  stall(): void {
    if (this.#hasStalled) {
      // It was told so, and has not even taken that.
      this.#sink?.destroy()
      this.gone()
      return
    }
    this.#hasStalled = true
    if (this.#isOver) {
      this.#waits(this.#home.clock.now())
      return
    }
    this.#give(this.#owner.stalled())
    this.close()
    this.#owner.gone()
  }

  attach(sink: TextSink): void {
    if (this.#hasLeft) {
      sink.end()
      return
    }
    this.#sink = sink
    this.#isFull = false
    this.drained()
  }

  drained(): void {
    const sink = this.#sink
    if (sink === undefined) return
    const text = this.#pending
    this.#pending = ''
    this.#isFull = text !== '' && !sink.write(text)
    if (this.#isFull) {
      // Some of it was taken: the reader is slow, but it is there.
      this.#waits(this.#home.clock.now())
      return
    }
    if (this.#isOver) {
      sink.end()
      return
    }
    this.#waitsSince = undefined
    this.#resume()
  }

  gone(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    const wasOpen = !this.#isOver
    this.#isOver = true
    this.#pending = ''
    this.#sink = undefined
    this.#home.leave(this)
    this.#resume()
    if (wasOpen) this.#owner.gone()
  }

  #give(text: string): void {
    if (this.#sink === undefined || this.#isFull) {
      this.#pending += text
      return
    }
    if (this.#sink.write(text)) return
    this.#isFull = true
    this.#waits(this.#home.clock.now())
  }

  #resume(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  /** The body for hosts that take a stream. */
  get body(): ReadableStream<Uint8Array> {
    let sink: StreamSink | undefined
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (sink === undefined) this.attach((sink = new StreamSink(controller, this.#home, this)))
          else sink.pulled()
        },
        cancel: () => {
          sink?.canceled()
          this.gone()
        },
      },
      // What waits, waits in one string rather than in a queue of chunks.
      { highWaterMark: 0 },
    )
    return markTextSource(body, this)
  }
}
