import type { Exchange } from './exchange'

/** What comes of a request's body, in order. */
export type BodyPart = { chunk: Uint8Array } | { end: true } | { broken: true }

/**
 * The body of a request that still comes. What came before a guest began to read is kept (no more than the window, for
 * nothing of it is taken yet), so that a request can go to another worker without loss.
 */
export class Upload {
  readonly #exchange: Exchange
  /** Undefined once a guest reads: it alone has the beginning then. */
  #early: BodyPart[] | undefined = []
  #to: ((part: BodyPart) => void) | undefined

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** Sends what has come, and what comes from now on, to a worker; to no other any more. */
  sendTo(to: (part: BodyPart) => void): void {
    const isFirst = this.#to === undefined
    this.#to = to
    // Chunks are given away, buffers and all.
    for (const part of this.#early ?? []) to(copied(part))
    if (!isFirst) return
    this.#exchange.read({
      chunk: (chunk) => this.#pass({ chunk }),
      end: () => this.#pass({ end: true }),
      broken: () => this.#pass({ broken: true }),
    })
  }

  /** A guest reads: nothing is kept any more. */
  begun(): void {
    this.#early = undefined
  }

  #pass(part: BodyPart): void {
    this.#early?.push(part)
    this.#to?.(this.#early ? copied(part) : part)
  }
}

const copied = (part: BodyPart): BodyPart => ('chunk' in part ? { chunk: part.chunk.slice() } : part)
