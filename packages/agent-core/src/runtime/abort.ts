import type { Clock } from '../port/clock'
import { PfError } from '../error/pf-error'

/** Ends a run early, once, for one reason. The signal and its controller are made only where somebody looks. */
export class RunAbort {
  readonly #clock: Clock
  readonly #callbacks = new Set<(reason: PfError) => void>()
  #controller: AbortController | undefined
  #reason: PfError | undefined
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get reason(): PfError | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Aborts at a time, unless the run is over before. */
  at(deadline: number): void {
    if (this.#cancelTimer !== undefined || this.#reason !== undefined) return
    this.#cancelTimer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () => this.abort(new PfError('PF_RUN_TIMEOUT')))
  }

  abort(reason: PfError): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.settle()
    for (const callback of [...this.#callbacks]) callback(reason)
    this.#callbacks.clear()
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
      this.#callbacks.add(reject)
      promise.then(
        (value) => {
          this.#callbacks.delete(reject)
          resolve(value)
        },
        (error: unknown) => {
          this.#callbacks.delete(reject)
          reject(error)
        },
      )
    })
  }
}
