import { PfError } from '@pf-agents/agent-core'
import type { Arrival } from './app'

/** Bounds of {@link RequestPlaces}. */
export interface PlaceLimits {
  readonly concurrentRequests: number
  readonly receivingRequests: number
  readonly retryAfterMs: number
}

/**
 * How many requests are worked on, and how many wait for their bodies. The two are counted apart, as a client that stalls
 * in its body costs next to nothing and must not keep others out; and where too many wait, the one that has waited longest
 * goes, as whoever is quick must get through however many are slow.
 */
export class RequestPlaces {
  readonly #limits: PlaceLimits
  readonly #receiving = new Set<(error: Error) => void>()
  #taken = 0

  constructor(limits: PlaceLimits) {
    this.#limits = limits
  }

  /** @throws PfError PF_OVERLOADED where no place is free */
  take(): void {
    if (this.#taken >= this.#limits.concurrentRequests)
      throw this.#full('The server has no room for another request. Try again after the time in Retry-After.')
    this.#taken++
  }

  giveBack(): void {
    this.#taken--
  }

  /** One more body is on its way. `refuse` ends the wait for it. */
  begin(refuse: (error: Error) => void): void {
    if (this.#receiving.size >= this.#limits.receivingRequests) {
      const [longest] = this.#receiving
      if (longest !== undefined) {
        this.#receiving.delete(longest)
        longest(this.#full('Too many requests are on their way, and this one took longest. Send it again.'))
      }
    }
    this.#receiving.add(refuse)
  }

  /** It is waited for no longer. Gives whether it was until now: false where it was refused. */
  end(refuse: (error: Error) => void): boolean {
    return this.#receiving.delete(refuse)
  }

  #full(message: string): PfError {
    return new PfError('PF_OVERLOADED', message, { retryAfterMs: this.#limits.retryAfterMs })
  }
}

/** One request's place: it has one while it is worked on, and none while its body is on its way. */
export class RequestPlace implements Arrival {
  readonly #places: RequestPlaces
  #isTaken = false
  /** Whether it was answered: a body that comes later takes no place. */
  #isOver = false
  #refuse: ((error: Error) => void) | undefined

  constructor(places: RequestPlaces) {
    this.#places = places
  }

  /** @throws PfError PF_OVERLOADED where no place is free */
  take(): void {
    this.#places.take()
    this.#isTaken = true
  }

  /** The request was answered. */
  leave(): void {
    this.#isOver = true
    this.#giveBack()
  }

  /** A request that has no place, as its route is always served, is not counted. */
  begin(refuse: (error: Error) => void): void {
    if (!this.#isTaken) return
    this.#giveBack()
    this.#refuse = refuse
    this.#places.begin(refuse)
  }

  done(): void {
    if (this.#end() && !this.#isOver) this.take()
  }

  failed(): void {
    this.#end()
  }

  #end(): boolean {
    const refuse = this.#refuse
    this.#refuse = undefined
    return refuse !== undefined && this.#places.end(refuse)
  }

  #giveBack(): void {
    if (!this.#isTaken) return
    this.#isTaken = false
    this.#places.giveBack()
  }
}
