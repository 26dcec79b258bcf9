/**
 * Readiness of one I/O source, as `wasi:io/poll` sees it.
 * Subclasses say when they are ready and call `wake` of those that wait.
 */
import type { GuestContext } from '../../worker/guest-context'
import { after } from './after'

/** `wasi:io/poll.pollable`. */
export class Pollable {
  readonly context: GuestContext

  constructor(context: GuestContext) {
    this.context = context
  }

  ready(): boolean {
    return true
  }

  /** Calls `wake` once when this may have become ready; the returned function takes the request back. */
  onReady(_wake: () => void): () => void {
    return () => {}
  }

  /** Milliseconds until this becomes ready by itself; without end when only an event can do it. */
  waitMs(): number {
    return Number.POSITIVE_INFINITY
  }

  block(): void | Promise<void> {
    return after(this.context.waitFor([this]), () => {})
  }
}

/** A list of waiters that one event wakes together; the cheap alternative to one promise per poll. */
export class Waiters {
  #waiting: (() => void)[] = []

  add(wake: () => void): () => void {
    this.#waiting.push(wake)
    return () => {
      const index = this.#waiting.indexOf(wake)
      if (index >= 0) this.#waiting.splice(index, 1)
    }
  }

  notify(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

/** A pollable over any object that can tell whether it is ready. */
export class SourcePollable extends Pollable {
  readonly #isReady: () => boolean
  readonly #waiters: Waiters

  constructor(context: GuestContext, isReady: () => boolean, waiters: Waiters) {
    super(context)
    this.#isReady = isReady
    this.#waiters = waiters
  }

  override ready(): boolean {
    return this.#isReady()
  }

  override onReady(wake: () => void): () => void {
    return this.#waiters.add(wake)
  }
}
