import { PfError } from '@pf-agents/agent-core'

/** Hands things from those who bring them to the one who iterates, within a bound. */
export class NotificationQueue<T> {
  readonly #most: number
  #items: T[] = []
  #waiting: ((result: IteratorResult<T, undefined>) => void) | undefined
  #isOver = false

  constructor(most: number) {
    this.#most = most
  }

  /** @throws PfError PF_OVERLOADED where there is no room */
  push(item: T): void {
    if (this.#isOver)
      throw new PfError('PF_OVERLOADED', 'Nobody reads the notifications any more.', { retryAfterMs: 60_000 })
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      waiting({ done: false, value: item })
    } else if (this.#items.length >= this.#most) {
      throw new PfError('PF_OVERLOADED', 'Too many notifications wait to be read.', { retryAfterMs: 5_000 })
    } else this.#items.push(item)
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const [first] = this.#items
    if (first !== undefined) {
      this.#items.shift()
      return Promise.resolve({ done: false, value: first })
    }
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined })
    if (this.#waiting !== undefined) {
      return Promise.reject(
        new PfError('PF_CONFIG_INVALID', 'The notifications are read by one reader, one after the other.'),
      )
    }
    return new Promise((resolve) => (this.#waiting = resolve))
  }

  /** Ends the iteration. What waits is dropped. */
  end(): void {
    this.#isOver = true
    this.#items = []
    this.#waiting?.({ done: true, value: undefined })
    this.#waiting = undefined
  }
}
