import { Waiters } from '../io/pollable'
import type { BodySink } from './outgoing-body'

/** Holds what a guest writes before it has set the response, which wasi:http allows. */
export class DeferredSink implements BodySink {
  waiters = new Waiters()
  #target: BodySink | undefined
  #early: Uint8Array[] = []
  #earlyBytes = 0
  #outcome: 'open' | 'ended' | 'aborted' = 'open'

  connect(target: BodySink): void {
    this.#target = target
    // Pollables made before now wait here: the target wakes them from now on.
    target.waiters = this.waiters
    for (const chunk of this.#early) target.write(chunk)
    this.#early = []
    if (this.#outcome === 'ended') target.end()
    if (this.#outcome === 'aborted') target.abort()
    this.waiters.notify()
  }

  room(): number {
    if (this.#target) return this.#target.room()
    return Math.max(0, 64 * 1024 - this.#earlyBytes)
  }

  write(chunk: Uint8Array): void {
    if (this.#target) return this.#target.write(chunk)
    this.#early.push(chunk)
    this.#earlyBytes += chunk.byteLength
  }

  end(): void {
    this.#outcome = 'ended'
    this.#target?.end()
  }

  abort(): void {
    this.#outcome = 'aborted'
    this.#target?.abort()
  }
}
