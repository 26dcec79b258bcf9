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
  /** Those that wait, in a ring from the one that has waited longest: a `Set` of them costs more than all the rest of this. */
  readonly #ring: RequestPlace
  #waiting = 0
  #taken = 0

  constructor(limits: PlaceLimits) {
    this.#limits = limits
    this.#ring = new RequestPlace(this)
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

  /** One more waits for its body. */
  join(place: RequestPlace): void {
    const ring = this.#ring
    if (this.#waiting >= this.#limits.receivingRequests && ring.next !== ring)
      ring.next.refuse(this.#full('Too many requests are on their way, and this one took longest. Send it again.'))
    this.#waiting++
    place.previous = ring.previous
    place.next = ring
    ring.previous = ring.previous.next = place
  }

  /** One waits no longer. */
  part(place: RequestPlace): void {
    this.#waiting--
    place.previous.next = place.next
    place.next.previous = place.previous
    place.previous = place.next = place
  }

  #full(message: string): PfError {
    return new PfError('PF_OVERLOADED', message, { retryAfterMs: this.#limits.retryAfterMs })
  }
}

/** One request's place: it has one while it is worked on, and none while its body is on its way. */
export class RequestPlace implements Arrival {
  /** Its neighbours among those that wait; itself where it does not. */
  previous: RequestPlace = this
  next: RequestPlace = this
  readonly #places: RequestPlaces
  #isTaken = false
  /** Whether it was answered: a body that comes later takes no place. */
  #isOver = false
  /** Ends the wait for the body. */
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
    this.#places.join(this)
  }

  done(): void {
    if (this.#part() !== undefined && !this.#isOver) this.take()
  }

  failed(): void {
    this.#part()
  }

  refuse(error: Error): void {
    this.#part()?.(error)
  }

  /** Ends the wait; gives what would have ended it otherwise, where it was not over already. */
  #part(): ((error: Error) => void) | undefined {
    const refuse = this.#refuse
    if (refuse === undefined) return undefined
    this.#refuse = undefined
    this.#places.part(this)
    return refuse
  }

  #giveBack(): void {
    if (!this.#isTaken) return
    this.#isTaken = false
    this.#places.giveBack()
  }
}
