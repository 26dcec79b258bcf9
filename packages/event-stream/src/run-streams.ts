import type { Clock, RunStore, RunStreams, StoredEvent, TaskKey } from '@pf-agents/agent-core'
import { Channel, type TailLimits } from './channel'
import { Subscription, type SubscriptionHome } from './subscription'

/** What {@link createRunStreams} works with. */
export interface RunStreamsOptions {
  store: RunStore
  clock: Clock
  /** Default 16,384. */
  tailEvents?: number
  /** Default 4,194,304. */
  tailLength?: number
  /** Default 1,000; 0 for never. */
  pollMs?: number
  /** Told where a look at the store finds that nobody works on a task any more, though it is not over. */
  onLost?: (key: TaskKey) => void
}

/** {@link RunStreams} with an end. */
export interface StreamsOverStore extends RunStreams {
  /** Ends every subscription. */
  close(): void
  /** Tasks that somebody follows here. */
  readonly followed: number
}

/** Channels that one look at the store asks for; the others have their turn at the next. */
const pollLimit = 200

/** Makes run streams over a store's event log. */
export function createRunStreams(options: RunStreamsOptions): StreamsOverStore {
  return new Streams(options)
}

class Streams implements StreamsOverStore, SubscriptionHome {
  readonly store: RunStore
  readonly #clock: Clock
  readonly #limits: TailLimits
  readonly #pollMs: number
  readonly #onLost: ((key: TaskKey) => void) | undefined
  readonly #channels = new Map<string, Channel>()
  #cancelPoll: (() => void) | undefined

  constructor({
    store,
    clock,
    tailEvents = 16_384,
    tailLength = 4 * 1024 * 1024,
    pollMs = 1000,
    onLost,
  }: RunStreamsOptions) {
    this.store = store
    this.#clock = clock
    this.#limits = { events: tailEvents, length: tailLength }
    this.#pollMs = pollMs
    this.#onLost = onLost
  }

  get followed(): number {
    return this.#channels.size
  }

  publish(key: TaskKey, events: readonly StoredEvent[]): void {
    if (this.#channels.size === 0) return
    const channel = this.#channels.get(nameOf(key))
    if (channel === undefined) return
    channel.activeAt = this.#clock.now()
    channel.publish(events)
  }

  subscribe(
    key: TaskKey,
    fromSeq: number,
    signal?: AbortSignal,
  ): AsyncIterableIterator<readonly StoredEvent[], undefined, undefined> {
    const name = nameOf(key)
    let channel = this.#channels.get(name)
    if (channel === undefined) {
      channel = new Channel(key, this.#limits)
      channel.activeAt = this.#clock.now()
      this.#channels.set(name, channel)
    }
    if (this.#pollMs > 0) this.#cancelPoll ??= this.#clock.after(this.#pollMs, this.#poll)
    return new Subscription(this, channel, fromSeq, signal)
  }

  left(channel: Channel): void {
    if (channel.followers.size > 0) return
    const name = nameOf(channel.key)
    if (this.#channels.get(name) === channel) this.#channels.delete(name)
    if (this.#channels.size === 0) this.#stopPolling()
  }

  lost(key: TaskKey): void {
    this.#onLost?.(key)
  }

  now(): number {
    return this.#clock.now()
  }

  close(): void {
    for (const channel of [...this.#channels.values()]) for (const follower of [...channel.followers]) follower.end()
    this.#stopPolling()
  }

  #stopPolling(): void {
    this.#cancelPoll?.()
    this.#cancelPoll = undefined
  }

  /** Asks the store about the tasks that were silent longest: their runs may work in another process. */
  readonly #poll = (): void => {
    this.#cancelPoll = undefined
    const now = this.#clock.now()
    let asked = 0
    for (const [name, channel] of this.#channels) {
      if (asked >= pollLimit) break
      if (now - channel.activeAt < this.#pollMs) continue
      asked++
      channel.activeAt = now
      // To the back of the row, so that every channel has its turn.
      this.#channels.delete(name)
      this.#channels.set(name, channel)
      for (const follower of channel.followers) follower.ask()
    }
    if (this.#channels.size > 0) this.#cancelPoll = this.#clock.after(this.#pollMs, this.#poll)
  }
}

function nameOf(key: TaskKey): string {
  return `${key.taskId}\n${key.tenant}\n${key.principalId}`
}
