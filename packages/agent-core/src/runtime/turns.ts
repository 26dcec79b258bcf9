import { PfError } from '../error/pf-error'

/** What happens to a message for a task or context that has a run under way. */
export interface ConcurrencyPolicy {
  /** `queue` waits for its turn, `reject` answers busy at once. */
  whenBusy: 'queue' | 'reject'
  /** How many may wait per context. Default 16. */
  queueLimit?: number
}

/** Ends a turn; the next in the queue has it. */
export type EndTurn = () => void

/** A place in a queue. */
export interface Waiting {
  /** Resolves when it is this caller's turn, rejects where it left before. */
  readonly turn: Promise<EndTurn>
  /** Gives the place up. Does nothing once it is this caller's turn. */
  leave(reason: unknown): void
}

interface Place {
  take: (end: EndTurn) => void
}

/** Lets one run at a time into each context. */
export class Turns {
  readonly #policy: ConcurrencyPolicy
  readonly #queues = new Map<string, Place[]>()

  constructor(policy: ConcurrencyPolicy) {
    this.#policy = policy
  }

  /**
   * The turn itself, where nobody else has it; otherwise a place in the queue.
   * @throws PfError PF_BUSY where the policy or the queue's bound says so.
   */
  enter(key: string): EndTurn | Waiting {
    const queue = this.#queues.get(key)
    if (queue === undefined) {
      this.#queues.set(key, [])
      return this.#turn(key)
    }
    const limit = this.#policy.whenBusy === 'reject' ? 0 : (this.#policy.queueLimit ?? 16)
    if (queue.length >= limit) throw new PfError('PF_BUSY', undefined, { retryAfterMs: 1000 })
    let leave: (reason: unknown) => void = () => {}
    const turn = new Promise<EndTurn>((resolve, reject) => {
      const place: Place = { take: resolve }
      queue.push(place)
      leave = (reason) => {
        const index = queue.indexOf(place)
        if (index < 0) return
        queue.splice(index, 1)
        reject(reason as Error)
      }
    })
    return { turn, leave }
  }

  #turn(key: string): EndTurn {
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const next = this.#queues.get(key)?.shift()
      if (next === undefined) this.#queues.delete(key)
      else next.take(this.#turn(key))
    }
  }
}
