import { PfError } from '@pf-agents/agent-core'

/** Bounds of {@link RequestPlaces}. */
export interface PlaceLimits {
  readonly concurrentRequests: number
  readonly receivingRequests: number
  readonly retryAfterMs: number
}

/** One request's place: it has one while it is worked on, and none while its body is on its way. */
export interface Place {
  isTaken: boolean
  /** Whether it was answered: a body that comes later takes no place. */
  isOver: boolean
}

/**
 * How many requests are worked on, and how many wait for their bodies. The two are counted apart, as a client that stalls
 * in its body costs next to nothing and must not keep others out; and where too many wait, the one that has waited longest
 * goes, as whoever is quick must get through however many are slow.
 */
export class RequestPlaces {
  readonly #limits: PlaceLimits
  readonly #receiving = new Set<(error: PfError) => void>()
  #taken = 0

  constructor(limits: PlaceLimits) {
    this.#limits = limits
  }

  /** @throws PfError PF_OVERLOADED where no place is free */
  take(place: Place): void {
    if (this.#taken >= this.#limits.concurrentRequests)
      throw this.#full('The server has no room for another request. Try again after the time in Retry-After.')
    this.#taken++
    place.isTaken = true
  }

  /** The request was answered. */
  leave(place: Place): void {
    place.isOver = true
    this.#giveBack(place)
  }

  #giveBack(place: Place): void {
    if (!place.isTaken) return
    this.#taken--
    place.isTaken = false
  }

  /**
   * Waits for the body of a request that has a place, which is free until then.
   * @throws PfError PF_OVERLOADED where no place is free when it is here, or where it took too long and too many wait
   */
  receive<T>(place: Place, body: Promise<T>): Promise<T> {
    if (!place.isTaken) return body
    this.#giveBack(place)
    return new Promise<T>((resolve, reject) => {
      const [longest] = this.#receiving.size >= this.#limits.receivingRequests ? this.#receiving : []
      if (longest !== undefined) {
        this.#receiving.delete(longest)
        longest(this.#full('Too many requests are on their way, and this one took longest. Send it again.'))
      }
      this.#receiving.add(reject)
      body.then(
        (value) => {
          // Refused while it was on its way.
          if (!this.#receiving.delete(reject)) return
          try {
            if (!place.isOver) this.take(place)
            resolve(value)
          } catch (error) {
            reject(error as Error)
          }
        },
        (error: unknown) => {
          this.#receiving.delete(reject)
          reject(error as Error)
        },
      )
    })
  }

  #full(message: string): PfError {
    return new PfError('PF_OVERLOADED', message, { retryAfterMs: this.#limits.retryAfterMs })
  }
}
