/** Milliseconds that a delivery in the quick lane may take, and from which on a caller counts as slow. */
export const quickMs = 1_000

/** Callers that are known to be slow; with one more, the one that has been known for longest is not any more. */
const maxSlow = 1_000

/**
 * Slots beside the ordinary ones, for when those are all taken: each for a second at most, one for each caller, and none for
 * callers whose last delivery took longer. So receivers that do not answer, of however many callers, hold up others only
 * until they are known.
 */
export class QuickLane {
  readonly #capacity: number
  readonly #active = new Set<string>()
  readonly #slow = new Set<string>()

  /** @param capacity - how many slots there are */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get left(): number {
    return this.#capacity - this.#active.size
  }

  isOpenTo(caller: string): boolean {
    return this.left > 0 && !this.#active.has(caller) && !this.#slow.has(caller)
  }

  /** Who may not have a slot, whatever is left. */
  closedTo(): Iterable<string> {
    return [...this.#active, ...this.#slow]
  }

  add(caller: string): void {
    this.#active.add(caller)
  }

  remove(caller: string): void {
    this.#active.delete(caller)
  }

  /** A delivery of a caller has ended, in whichever slot. @param tookMs - milliseconds */
  learn(caller: string, tookMs: number): void {
    this.#slow.delete(caller)
    if (tookMs < quickMs) return
    const [first] = this.#slow
    if (first !== undefined && this.#slow.size >= maxSlow) this.#slow.delete(first)
    this.#slow.add(caller)
  }
}
