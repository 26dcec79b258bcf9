/** Remembers what was handled lately, and what is being handled: whoever asks for the same waits for the same. */
export class RecentlySeen {
  readonly #most: number
  readonly #known = new Map<string, Promise<void>>()

  /** @param most - names that are remembered; the oldest make room */
  constructor(most: number) {
    this.#most = most
  }

  /** Does the work, unless it was done already. What fails is forgotten, so that it can be done again. */
  once(name: string, work: () => Promise<void>): Promise<void> {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const doing = work()
    this.#known.set(name, doing)
    doing.catch(() => this.#known.delete(name))
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#most) break
      this.#known.delete(oldest)
    }
    return doing
  }
}
