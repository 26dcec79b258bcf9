import { PfError } from '../error/pf-error'

/** What happens to a message for a task or context that has a run under way. */
export interface ConcurrencyPolicy {
  /** `queue` waits for its turn, `reject` answers busy at once. */
  whenBusy: 'queue' | 'reject'
  /** How many may wait per context. Default 16. */
  queueLimit?: number
}

/** Lets one run at a time into each context. */
export class Serializer {
  readonly #policy: ConcurrencyPolicy
  readonly #waiting = new Map<string, ((release: () => void) => void)[]>()

  constructor(policy: ConcurrencyPolicy) {
    this.#policy = policy
  }

  /**
   * Settles when it is this caller's turn, with the function that ends the turn.
   * @throws PfError PF_BUSY where the policy or the queue's bound says so.
   */
  enter(key: string): Promise<() => void> | (() => void) {
    const queue = this.#waiting.get(key)
    if (queue === undefined) {
      this.#waiting.set(key, [])
      return this.#turn(key)
    }
    const limit = this.#policy.whenBusy === 'reject' ? 0 : (this.#policy.queueLimit ?? 16)
    if (queue.length >= limit) {
      throw new PfError('PF_BUSY', undefined, { retryAfterMs: 1000 })
    }
    return new Promise((resolve) => queue.push(resolve))
  }

  #turn(key: string): () => void {
    let over = false
    return () => {
      if (over) return
      over = true
      const next = this.#waiting.get(key)?.shift()
      if (next === undefined) this.#waiting.delete(key)
      else next(this.#turn(key))
    }
  }
}
