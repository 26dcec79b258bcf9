/**
 * How much one of many may have of something bounded: all of `most` while nobody else has any, and ever less the more the
 * others have. So something is left for whoever comes next, however many came before, and what all have together never
 * passes the bound. (Dynamic thresholds, as switches share their buffers.)
 *
 * @param most - what one may have alone
 * @param others - what the others have
 * @param capacity - what all may have together
 */
export function fairShare(most: number, others: number, capacity: number): number {
  return Math.min(most, capacity) * (1 - others / capacity)
}

/** Counts who holds how much of something bounded, and says who may have more. Whoever has none may have one. */
export class FairShares {
  readonly #most: number
  readonly #capacity: number
  readonly #held = new Map<string, number>()
  #total = 0

  /**
   * @param most - what one may have alone
   * @param capacity - what all may have together
   */
  constructor(most: number, capacity: number) {
    this.#most = most
    this.#capacity = capacity
  }

  /** What is left for all together. */
  get left(): number {
    return Math.max(0, this.#capacity - this.#total)
  }

  of(name: string): number {
    return this.#held.get(name) ?? 0
  }

  /** Whether one may have more, by its share alone. */
  hasRoom(name: string): boolean {
    const mine = this.of(name)
    return mine < Math.max(1, fairShare(this.#most, this.#total - mine, this.#capacity))
  }

  /** Who has any. */
  names(): Iterable<string> {
    return this.#held.keys()
  }

  /** Who may have no more. */
  *full(): Generator<string> {
    for (const name of this.#held.keys()) if (!this.hasRoom(name)) yield name
  }

  add(name: string): void {
    this.#held.set(name, this.of(name) + 1)
    this.#total++
  }

  remove(name: string): void {
    const left = this.of(name) - 1
    this.#total--
    if (left > 0) this.#held.set(name, left)
    else this.#held.delete(name)
  }

  clear(): void {
    this.#held.clear()
    this.#total = 0
  }
}
