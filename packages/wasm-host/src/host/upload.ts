import type { Exchange } from './exchange'

/** What comes of a request's body, in order. */
export type BodyPart = { chunk: Uint8Array } | { end: true } | { broken: true }

/** A body up to this size is waited for: it costs one message, and a slow sender costs no instance. */
const WHOLE_BODY = 64 * 1024
/** A body of unknown or greater length that has begun is given to a guest once it pauses for so long, ms. */
const PAUSE_MS = 20
/** And after so long where it does not pause. */
const PATIENCE_MS = 1_000
/** Bytes that count as progress: a byte now and then does not. */
const PROGRESS = 4 * 1024

/** Who is told how a body comes. */
export interface UploadListener {
  /** More bytes wait to be sent on. */
  grown(bytes: number): void
  /** There is enough of it to begin with, or all of it. Told once for each. */
  ready(): void
}

/**
 * The body of a request that still comes. What came before a guest began to read is kept (no more than the window, for
 * nothing of it is taken yet), so that a request can go to another worker without loss; a short one for good.
 */
export class Upload {
  readonly #exchange: Exchange
  /** Undefined once a guest reads: it alone has the beginning then. */
  #early: BodyPart[] | undefined = []
  #to: ((part: BodyPart) => void) | undefined
  #listener: UploadListener | undefined
  #timer: NodeJS.Timeout | undefined
  #beganAt = 0
  #lastAt = 0
  #bytes = 0
  #sinceProgress = 0
  /** Whether its end has come, or it has broken off: it waits for nobody. */
  isComplete = false
  /** Whether a guest may begin with it. */
  isReady = false
  /** When it last got on, or was last waited for. */
  progressAt = 0

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#early === undefined ? 0 : this.#bytes
  }

  /** Whether as much has come as is kept, so that no more is asked for. */
  get isFull(): boolean {
    return this.#exchange.isFull
  }

  /** The whole body, where all of it has come and none was given away. */
  get whole(): Uint8Array | undefined {
    const early = this.#early
    if (early === undefined) return undefined
    const last = early.at(-1)
    if (last === undefined || !('end' in last)) return undefined
    const whole = new Uint8Array(this.#bytes)
    let at = 0
    for (const part of early) {
      if (!('chunk' in part)) continue
      whole.set(part.chunk, at)
      at += part.chunk.byteLength
    }
    return whole
  }

  /** Whether it could go to another guest from its beginning. */
  get isAtHand(): boolean {
    return this.#early !== undefined
  }

  /** Begins to read. */
  receive(listener: UploadListener): void {
    this.#listener = listener
    this.#exchange.read({
      chunk: (chunk) => this.#pass({ chunk }),
      end: () => this.#pass({ end: true }),
      broken: () => this.#pass({ broken: true }),
    })
  }

  /** Sends what has come, and what comes from now on, to a worker; to no other any more. */
  sendTo(to: (part: BodyPart) => void): void {
    this.#to = to
    this.progressAt = Date.now()
    // Chunks are given away, buffers and all.
    for (const part of this.#early ?? []) to(copied(part))
  }

  /** A guest reads: nothing is kept any more but a short body. */
  begun(): void {
    if (!this.isComplete || this.#bytes > WHOLE_BODY) this.#early = undefined
  }

  /** The guest has taken bytes: from here on its client is waited for, where it was held back. */
  taken(bytes: number): void {
    if (this.isFull) this.progressAt = Date.now()
    this.#exchange.taken(bytes)
  }

  /** How long it has been waited for without getting on, ms. */
  stalledMs(now: number): number {
    return this.isComplete || this.isFull ? 0 : now - this.progressAt
  }

  /** Nobody wants it any more. */
  drop(): void {
    clearTimeout(this.#timer)
    this.#listener = undefined
    this.#early = undefined
    this.#to = undefined
  }

  #pass(part: BodyPart): void {
    const now = Date.now()
    if ('chunk' in part) this.#came(part.chunk.byteLength, now)
    else this.isComplete = true
    this.#early?.push(part)
    this.#to?.(this.#early ? copied(part) : part)
    if (this.isComplete) this.#isReady()
    else if (this.#exchange.isFull && !this.isReady) this.#isReady()
  }

  #came(bytes: number, now: number): void {
    this.#lastAt = now
    this.#sinceProgress += bytes
    if (this.#sinceProgress >= PROGRESS) {
      this.#sinceProgress = 0
      this.progressAt = now
    }
    if (this.#early === undefined) return
    if (this.#bytes === 0 && !this.isReady && !isShort(this.#exchange)) {
      this.#beganAt = now
      this.#timer = setTimeout(() => this.#look(), PAUSE_MS)
    }
    this.#bytes += bytes
    this.#listener?.grown(bytes)
  }

  /** Whether it pauses, or has taken long enough. */
  #look(): void {
    const now = Date.now()
    if (now - this.#lastAt >= PAUSE_MS || now - this.#beganAt >= PATIENCE_MS) return this.#isReady()
    this.#timer = setTimeout(() => this.#look(), PAUSE_MS)
  }

  #isReady(): void {
    clearTimeout(this.#timer)
    this.isReady = true
    this.#listener?.ready()
  }
}

function isShort({ length }: Exchange): boolean {
  return length !== undefined && length <= WHOLE_BODY
}

const copied = (part: BodyPart): BodyPart => ('chunk' in part ? { chunk: part.chunk.slice() } : part)
