import type { AbortSource } from '@pf-agents/agent-core'

/** A signal of our own, for what stays among ourselves: a platform's costs a hundred times as much, its listeners ten times. */
export class StopSignal implements AbortSource {
  readonly #listeners = new Set<() => void>()
  #aborted = false
  #reason: unknown

  get aborted(): boolean {
    return this.#aborted
  }
  get reason(): unknown {
    return this.#reason
  }

  abort(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.#aborted) this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }
}
