/**
 * What belongs to one instance: its turn on the thread, its waits, and everything to be undone when it ends.
 */
import type { Pollable } from '../wasi/io/pollable'
import type { RunQueue } from './run-queue'

/** What an instance gets with its request. */
export interface GuestHooks {
  /** Who takes turns on the thread. */
  turn: object
  /** Unique over all hosts and instances; the owner of leases. */
  owner: string
  log(stream: 'stdout' | 'stderr', line: string): void
  /** The guest is about to do something that others can see, for the first time. */
  effect(): void
  /** The guest waits: what it has said so far should leave. */
  suspended(): void
}

/** Thrown into a suspended guest so that its stack unwinds; no guest code runs on the way. */
export class GuestAborted extends Error {
  override name = 'GuestAborted'
}

/** Nobody reads its stack, and making one for every request would cost more than the rest of its end. */
const OVER = new GuestAborted('the request is over')

export class GuestContext {
  readonly #queue: RunQueue
  readonly #block: ((maxMs: number) => void) | undefined
  #hooks: GuestHooks | undefined
  #cleanups = new Set<() => void>()
  #aborted: GuestAborted | undefined
  #rejectWait: ((error: GuestAborted) => void) | undefined
  #signalAbort: (error: GuestAborted) => void = () => {}
  /** Rejects when the host ends the guest. */
  readonly whenAborted: Promise<never>
  #effect = false
  #ended = false

  /** `block` waits for an event on the thread itself, at most so long; without it guests are suspended. */
  constructor(queue: RunQueue, block?: (maxMs: number) => void) {
    this.#queue = queue
    this.#block = block
    this.whenAborted = new Promise((_, reject) => (this.#signalAbort = reject))
    this.whenAborted.catch(() => {})
  }

  get owner(): string {
    if (!this.#hooks) throw new Error('the instance has no request yet')
    return this.#hooks.owner
  }

  /** Gives the instance its request. */
  bind(hooks: GuestHooks): void {
    this.#hooks = hooks
  }

  log(stream: 'stdout' | 'stderr', line: string): void {
    this.#hooks?.log(stream, line)
  }

  effect(): void {
    if (this.#effect) return
    this.#effect = true
    this.#hooks?.effect()
  }

  /** Runs `cleanup` when the instance ends; the returned function forgets it. */
  onEnd(cleanup: () => void): () => void {
    this.#cleanups.add(cleanup)
    return () => this.#cleanups.delete(cleanup)
  }

  /**
   * `wasi:io/poll.poll`: the indices of what is ready, waiting for at least one.
   * While it waits, another guest has the thread; it comes back when it is this one's turn.
   */
  waitFor(list: readonly Pollable[]): Uint32Array | Promise<Uint32Array> {
    if (list.length === 0) throw new Error('poll was called with an empty list')
    return this.#block ? this.#waitBlocking(list, this.#block) : this.#waitSuspended(list)
  }

  async #waitSuspended(list: readonly Pollable[]): Promise<Uint32Array> {
    if (this.#aborted) throw this.#aborted
    let ready = readyOf(list)
    if (ready.length > 0) {
      await this.#queue.breathe(this.#turn)
      if (this.#aborted) throw this.#aborted
      return Uint32Array.from(ready)
    }
    this.#hooks?.suspended()
    this.#queue.leave(this.#turn)
    while (ready.length === 0) {
      await this.#oneEvent(list)
      ready = readyOf(list)
    }
    await this.#queue.enter(this.#turn)
    if (this.#aborted) throw this.#aborted
    return Uint32Array.from(ready)
  }

  #waitBlocking(list: readonly Pollable[], block: (maxMs: number) => void): Uint32Array {
    this.#hooks?.suspended()
    for (;;) {
      if (this.#aborted) throw this.#aborted
      const ready = readyOf(list)
      if (ready.length > 0) return Uint32Array.from(ready)
      block(Math.min(...list.map((pollable) => pollable.waitMs())))
    }
  }

  /** Ends a guest that must not go on: a wait of it throws, and it never gets the thread again. */
  abort(reason: string): void {
    this.#aborted ??= new GuestAborted(reason)
    this.#rejectWait?.(this.#aborted)
    this.#signalAbort(this.#aborted)
  }

  get #turn(): object {
    return this.#hooks?.turn ?? this
  }

  get aborted(): boolean {
    return this.#aborted !== undefined
  }

  /** Gives up the thread, aborts outbound calls, flushes logs. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#aborted ??= OVER
    this.#queue.leave(this.#turn)
    for (const cleanup of this.#cleanups) cleanup()
    this.#cleanups.clear()
  }

  #oneEvent(list: readonly Pollable[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const undo: (() => void)[] = []
      const settle = (done: () => void) => {
        for (const cancel of undo) cancel()
        this.#rejectWait = undefined
        done()
      }
      this.#rejectWait = (error) => settle(() => reject(error))
      for (const pollable of list) undo.push(pollable.onReady(() => settle(resolve)))
    })
  }
}

function readyOf(list: readonly Pollable[]): number[] {
  const ready: number[] = []
  for (let index = 0; index < list.length; index++) if (list[index]?.ready()) ready.push(index)
  return ready
}
