import { isActive, isTerminal, PfError, type RunStore, type StoredEvent, type TaskKey } from '@pf-agents/agent-core'
import { type Channel, endsTask, type Follower, withinLength } from './channel'

/** Events handed over at once, or so. */
const batchLimit = 256

type Batch = readonly StoredEvent[]
type Step = IteratorResult<Batch, undefined>

const done: Step = { done: true, value: undefined }

/** What a subscription needs of the streams it belongs to. */
export interface SubscriptionHome {
  readonly store: RunStore
  /** A follower left this channel. */
  left(channel: Channel): void
  /** Nobody works on this task any more, though it is not over. */
  lost(key: TaskKey): void
  now(): number
}

/**
 * One subscriber's place in a task's events. It holds a number, not a queue: however slow the subscriber, nothing piles
 * up for it, and what is no longer in memory is read from the store's log. While it waits, it is one promise.
 */
export class Subscription implements AsyncIterableIterator<Batch, undefined, undefined>, Follower {
  position: number
  readonly #home: SubscriptionHome
  readonly #channel: Channel
  readonly #signal: AbortSignal | undefined
  #isOver = false
  /** The store may have events that were not published here, until a look finds none. */
  #isUnsure = true
  /** A poll says that the store is to be asked. */
  #isAsked = false
  /** Events that the store is asked for at once: fewer where they are large. */
  #readLimit = batchLimit
  /** The store is being asked. Until it has answered nothing is told, or events might be told twice. */
  #isLooking = false
  #waiting: { resolve(step: Step): void; reject(reason: unknown): void } | undefined

  constructor(home: SubscriptionHome, channel: Channel, from: number, signal: AbortSignal | undefined) {
    this.position = from
    this.#home = home
    this.#channel = channel
    this.#signal = signal
    channel.followers.add(this)
    if (signal?.aborted) this.end()
    else signal?.addEventListener('abort', this)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Step> {
    const step = this.#isLooking ? undefined : this.#atHand()
    if (step !== undefined) return Promise.resolve(step)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.wake()
    })
  }

  return(): Promise<Step> {
    this.end()
    return Promise.resolve(done)
  }

  wake(): void {
    const waiting = this.#waiting
    if (waiting === undefined || this.#isLooking) return
    // Taken away first: a step that ends the subscription wakes, too.
    this.#waiting = undefined
    const step = this.#atHand()
    if (step !== undefined) return waiting.resolve(step)
    this.#waiting = waiting
    // What was published is in the store, too, where it is no longer at hand.
    if (this.#isUnsure || this.#isAsked || this.position <= this.#channel.lastSeq) void this.#look()
  }

  ask(): void {
    this.#isAsked = true
    this.wake()
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#channel.followers.delete(this)
    this.#signal?.removeEventListener('abort', this)
    this.#home.left(this.#channel)
    this.wake()
  }

  /** The signal aborted. */
  handleEvent(): void {
    this.end()
  }

  /** What can be told without a look at the store; `undefined` where there is nothing. */
  #atHand(): Step | undefined {
    if (this.#isOver) return done
    const batch = this.#channel.at(this.position, batchLimit)
    return batch === undefined ? undefined : this.#give(batch)
  }

  /**
   * Asks the store and tells what it has. A look that finds nothing leaves whoever waits waiting for the same promise: one
   * that ended in another would be a chain, as long as the polls of an idle task.
   */
  async #look(): Promise<void> {
    this.#isLooking = true
    let step: Step | undefined
    try {
      step = await this.#stored()
    } catch (error) {
      this.#isLooking = false
      const waiting = this.#waiting
      this.#waiting = undefined
      this.end()
      return waiting?.reject(error)
    }
    this.#isLooking = false
    if (step === undefined) return this.wake()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(step)
  }

  #give(batch: Batch): Step {
    this.position = (batch.at(-1) as StoredEvent).seq + 1
    if (batch.some(endsTask)) this.end()
    return { done: false, value: batch }
  }

  /** What the store has from here on, `undefined` for nothing; ends where the task is over and all of it was told. */
  async #stored(): Promise<Step | undefined> {
    const { store } = this.#home
    const { key } = this.#channel
    const isAsked = this.#isAsked
    this.#isUnsure = this.#isAsked = false
    // Whoever subscribes while a commit is told is told by that commit's publication, right behind, that there is no more.
    await Promise.resolve()
    if (!isAsked && (this.#isOver || this.#channel.isNext(this.position))) return undefined
    const batch = await this.#read(key)
    if (this.#isOver) return done
    if (batch.length > 0) {
      // There may be more behind, whether it was published here or not.
      this.#isUnsure = true
      return this.#give(batch)
    }
    const head = await store.head(key)
    // Read before head: what ended the task in between is published, or found by the next look.
    if (head !== undefined && isTerminal(head.state) && (await store.read(key, this.position, 1))?.length === 0)
      this.end()
    else if (head !== undefined && isActive(head.state) && (head.lease?.expiresAt ?? 0) <= this.#home.now())
      this.#home.lost(key)
    return undefined
  }

  async #read(key: TaskKey): Promise<Batch> {
    const read = await this.#home.store.read(key, this.position, this.#readLimit)
    if (read === undefined)
      throw new PfError(
        'PF_STREAM_LAGGED',
        'The store no longer has the events that come next for this subscriber. Load the task, then subscribe again.',
        { details: { taskId: key.taskId, seq: this.position } },
      )
    // As the channel has it: a message is read together with what follows it.
    const isCut = read.length === this.#readLimit && read.at(-1)?.event.type === 'message'
    const batch = withinLength(isCut ? read.slice(0, -1) : read)
    // What is read and not handed over is read again. Two at least, for a message and what follows.
    this.#readLimit =
      batch.length < read.length ? Math.max(2, 2 * batch.length) : Math.min(batchLimit, 2 * this.#readLimit)
    return batch
  }
}
