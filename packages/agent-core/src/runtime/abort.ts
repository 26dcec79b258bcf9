import type { Clock } from '../port/clock'
import { markEndOfRun } from '../error/end-of-run'
import type { PfError } from '../error/pf-error'

/** Ends a run early, once, for one reason. The signal and its controller are made only where somebody looks. */
export class RunAbort {
  readonly #clock: Clock
  #callbacks: Set<(reason: PfError) => void> | undefined
  #controller: AbortController | undefined
  #reason: PfError | undefined
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get reason(): PfError | undefined {
    return this.#reason
  }

  /** Waits that are under way. */
  get waits(): number {
    return this.#callbacks?.size ?? 0
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Aborts at a time, unless the run is over before. */
  at(deadline: number, reason: () => PfError): void {
    if (this.#cancelTimer !== undefined || this.#reason !== undefined) return
    // Timers may ring early, and hold no more than 24 days.
    const ring = (): void => {
      const left = deadline - this.#clock.now()
      if (left <= 0) this.abort(reason())
      else this.#cancelTimer = this.#clock.after(left, ring)
    }
    ring()
  }

  abort(reason: PfError): void {
    if (this.#reason !== undefined) return
    this.#reason = markEndOfRun(reason)
    this.settle()
    const callbacks = this.#callbacks
    this.#callbacks = undefined
    if (callbacks !== undefined) for (const callback of callbacks) callback(reason)
    this.#controller?.abort(reason)
  }

  /** The run is over: no timer is left. */
  settle(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  /** A promise's value, unless the run is aborted first; then the promise is left to itself. */
  race<T>(promise: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) {
        promise.then(undefined, () => {})
        reject(this.#reason)
        return
      }
      const callbacks = (this.#callbacks ??= new Set())
      callbacks.add(reject)
      promise.then(
        (value) => {
          callbacks.delete(reject)
          resolve(value)
        },
        (error: unknown) => {
          callbacks.delete(reject)
          reject(error as Error)
        },
      )
    })
  }
}
