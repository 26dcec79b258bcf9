/** A place that is held: how many of the same name are, with it, and what gives it back; once, however often it is called. */
export interface Hold {
  readonly count: number
  release(): void
}

/**
 * Counts, by name, who is about to take some of what is bounded: between the look at what is left and the taking, others
 * look as well. Whoever takes a hold first and then looks can't pass a bound together with those who did so before.
 */
export class Holds {
  readonly #held = new Map<string, number>()

  take(name: string): Hold {
    const count = (this.#held.get(name) ?? 0) + 1
    this.#held.set(name, count)
    let isHeld = true
    return {
      count,
      release: () => {
        if (!isHeld) return
        isHeld = false
        const left = (this.#held.get(name) ?? 0) - 1
        if (left > 0) this.#held.set(name, left)
        else this.#held.delete(name)
      },
    }
  }
}
