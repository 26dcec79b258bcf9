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
  /** By principal and context: each one's own text, so that none has to be joined and hashed for a look. */
  readonly #principals = new Map<string, Map<string, Place[]>>()

  constructor(policy: ConcurrencyPolicy) {
    this.#policy = policy
  }

  /**
   * The turn itself, where nobody else has it; otherwise a place in the queue.
   * @throws PfError PF_BUSY where the policy, the queue's bound or the caller says so.
   */
  enter(principalId: string, contextId: string, mayWait = true): EndTurn | Waiting {
    let queues = this.#principals.get(principalId)
    if (queues === undefined) this.#principals.set(principalId, (queues = new Map<string, Place[]>()))
    const queue = queues.get(contextId)
    if (queue === undefined) {
      const own: Place[] = []
      queues.set(contextId, own)
      return this.#turn(principalId, contextId, queues, own)
    }
    const limit = !mayWait || this.#policy.whenBusy === 'reject' ? 0 : (this.#policy.queueLimit ?? 16)
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

  /** Both maps hold what was found in them until the last turn in there is over. */
  #turn(principalId: string, contextId: string, queues: Map<string, Place[]>, queue: Place[]): EndTurn {
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const next = queue.shift()
      if (next !== undefined) next.take(this.#turn(principalId, contextId, queues, queue))
      else if (queues.delete(contextId) && queues.size === 0) this.#principals.delete(principalId)
    }
  }
}
