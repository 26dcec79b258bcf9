import { FairShares } from './fair-shares'

/** Whoever has work in a {@link TurnLine}. */
interface Turn {
  readonly caller: string
}

/**
 * Work that waits, in order for each caller, callers in turns: whoever was served last stands last. Bounded: who has its
 * share of it adds no more.
 */
export class TurnLine<Work extends Turn> {
  readonly #shares: FairShares
  /** In the order of their turns. */
  readonly #callers = new Map<string, Work[]>()

  /**
   * @param most - what one caller may have waiting while nobody else has any
   * @param capacity - what all may have waiting together, but for one that everybody may have
   */
  constructor(most: number, capacity: number) {
    this.#shares = new FairShares(most, capacity)
  }

  /** Callers who may add no more. */
  full(): Iterable<string> {
    return this.#shares.full()
  }

  add(work: Work): void {
    const { caller } = work
    const waiting = this.#callers.get(caller)
    if (waiting === undefined) this.#callers.set(caller, [work])
    else waiting.push(work)
    this.#shares.add(caller)
  }

  /**
   * Offers what waits, one of each caller after the other, until nothing more can be begun.
   * @param offer - begins it, or says that it has to wait, or that it is no longer to be done
   */
  serve(offer: (work: Work) => 'begun' | 'waits' | 'gone'): void {
    let hasBegun = true
    while (hasBegun) {
      hasBegun = false
      for (const caller of [...this.#callers.keys()]) if (this.#serveOne(caller, offer)) hasBegun = true
    }
  }

  clear(): void {
    this.#callers.clear()
    this.#shares.clear()
  }

  #serveOne(caller: string, offer: (work: Work) => 'begun' | 'waits' | 'gone'): boolean {
    const waiting = this.#callers.get(caller) ?? []
    const left: Work[] = []
    let hasBegun = false
    for (const work of waiting) {
      const outcome = hasBegun ? 'waits' : offer(work)
      if (outcome === 'waits') left.push(work)
      else this.#shares.remove(caller)
      if (outcome === 'begun') hasBegun = true
    }
    // Set anew, a key stands last.
    if (hasBegun || left.length === 0) this.#callers.delete(caller)
    if (left.length > 0) this.#callers.set(caller, left)
    return hasBegun
  }
}
