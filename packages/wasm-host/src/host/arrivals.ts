import type { InFlight } from './in-flight'

/** Bytes of bodies on their way that are kept at once. */
const KEPT_BYTES = 64 * 1024 * 1024

/**
 * Requests whose bodies are on their way and that no guest has begun with, from the one that takes longest. They cost next to
 * nothing and must not keep others out, so they are counted apart; and where there are too many, or they take too much
 * memory, the one that takes longest goes, as whoever is quick must get through however many are slow.
 */
export class Arrivals {
  readonly #most: number
  readonly #refuse: (request: InFlight) => void
  readonly #waiting = new Set<InFlight>()
  #bytes = 0

  /** `refuse` answers the one that goes; it has left by then. */
  constructor(most: number, refuse: (request: InFlight) => void) {
    this.#most = most
    this.#refuse = refuse
  }

  get size(): number {
    return this.#waiting.size
  }

  join(request: InFlight): void {
    this.#waiting.add(request)
    this.#bound()
  }

  /** Whether it was there. */
  leave(request: InFlight): boolean {
    if (!this.#waiting.delete(request)) return false
    this.#bytes -= request.upload?.bytes ?? 0
    return true
  }

  /** More of the body of one has come. */
  grown(request: InFlight, bytes: number): void {
    if (!this.#waiting.has(request)) return
    this.#bytes += bytes
    this.#bound()
  }

  /** One that a guest may begin with: best one of which all has come that is kept, for it shows that it is in earnest. */
  next(): InFlight | undefined {
    let first: InFlight | undefined
    for (const request of this.#waiting) {
      if (request.upload?.isReady !== true) continue
      if (request.upload.isFull) return request
      first ??= request
    }
    return first
  }

  /** All of them leave. */
  clear(): InFlight[] {
    const all = [...this.#waiting]
    this.#waiting.clear()
    this.#bytes = 0
    return all
  }

  #bound(): void {
    while (this.#waiting.size > this.#most || this.#bytes > KEPT_BYTES) {
      const [longest] = this.#waiting
      if (longest === undefined) return
      this.leave(longest)
      this.#refuse(longest)
    }
  }
}
