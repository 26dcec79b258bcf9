import { isTerminal, PfError, type RunStore, type StoredEvent } from '@pf-agents/agent-core'
import { type Channel, endsTask, type Follower } from './channel'

/** Events handed over at once, at most. */
const batchLimit = 256

type Batch = readonly StoredEvent[]

/**
 * One subscriber's place in a task's events. It holds a number, not a queue: however slow the subscriber, nothing piles
 * up for it, and what is no longer in memory is read from the store's log.
 */
export class Subscription implements AsyncIterableIterator<Batch>, Follower {
  readonly #store: RunStore
  readonly #channel: Channel
  readonly #leave: () => void
  readonly #signal: AbortSignal
  #next: number
  #over = false
  /** The store may have events that were not published here: before the first look, and when a poll says so. */
  #ask = true
  #waiting: (() => void) | undefined

  constructor(store: RunStore, channel: Channel, from: number, signal: AbortSignal, leave: () => void) {
    this.#store = store
    this.#channel = channel
    this.#next = from
    this.#signal = signal
    this.#leave = leave
    channel.followers.add(this)
    signal.addEventListener('abort', this.#onAbort, { once: true })
    if (signal.aborted) this.#onAbort()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  /** The store is to be asked: somebody else may have written. */
  ask(): void {
    this.#ask = true
    this.wake()
  }

  async next(): Promise<IteratorResult<Batch, undefined>> {
    while (!this.#over) {
      const batch = this.#channel.at(this.#next, batchLimit) ?? (await this.#stored())
      if (this.#over) break
      if (batch !== undefined && batch.length > 0) return this.#give(batch)
      if (this.#channel.at(this.#next, 1) !== undefined || this.#ask) continue
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<Batch, undefined>> {
    this.#end()
    return { done: true, value: undefined }
  }

  #give(batch: Batch): IteratorResult<Batch, undefined> {
    this.#next = (batch.at(-1) as StoredEvent).seq + 1
    if (batch.some(endsTask)) this.#end()
    return { done: false, value: batch }
  }

  /** What the store has from here on; ends the subscription where the task is over. */
  async #stored(): Promise<Batch | undefined> {
    if (!this.#ask && this.#next > this.#channel.lastSeq) return undefined
    this.#ask = false
    const { key } = this.#channel
    try {
      const batch = await this.#store.read(key, this.#next, batchLimit)
      if (batch === undefined)
        throw new PfError('PF_STREAM_LAGGED', undefined, { details: { taskId: key.taskId, seq: this.#next } })
      if (batch.length === 0) {
        const head = await this.#store.head(key)
        // Read before head: what ended the task in between is published, or found by the next look.
        if (head !== undefined && isTerminal(head.state) && (await this.#store.read(key, this.#next, 1))?.length === 0)
          this.#end()
      }
      return batch
    } catch (error) {
      this.#end()
      throw error
    }
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#channel.followers.delete(this)
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#leave()
    this.wake()
  }

  readonly #onAbort = (): void => this.#end()
}
