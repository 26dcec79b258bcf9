import type { Clock, RunStore, RunStreams, StoredEvent, TaskKey } from '@pf-agents/agent-core'
import { Channel } from './channel'
import { Subscription } from './subscription'

/** What {@link createRunStreams} works with. */
export interface RunStreamsOptions {
  store: RunStore
  clock: Clock
  /** Default 1,024. */
  tailEvents?: number
  /** Default 1,000; 0 for never. */
  pollMs?: number
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

class Streams implements StreamsOverStore {
  readonly #store: RunStore
  readonly #clock: Clock
  readonly #tailEvents: number
  readonly #pollMs: number
  readonly #channels = new Map<string, Channel>()
  #cancelPoll: (() => void) | undefined

  constructor({ store, clock, tailEvents = 1024, pollMs = 1000 }: RunStreamsOptions) {
    this.#store = store
    this.#clock = clock
    this.#tailEvents = tailEvents
    this.#pollMs = pollMs
  }

  get followed(): number {
    return this.#channels.size
  }

  publish(key: TaskKey, events: readonly StoredEvent[]): void {
    if (this.#channels.size === 0) return
    const channel = this.#channels.get(name(key))
    if (channel === undefined) return
    channel.activeAt = this.#clock.now()
    channel.publish(events)
  }

  subscribe(key: TaskKey, fromSeq: number, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
    const at = name(key)
    let channel = this.#channels.get(at)
    if (channel === undefined) {
      channel = new Channel(key, this.#tailEvents)
      channel.activeAt = this.#clock.now()
      this.#channels.set(at, channel)
    }
    const followed = channel
    if (this.#pollMs > 0) this.#cancelPoll ??= this.#clock.after(this.#pollMs, this.#poll)
    return new Subscription(this.#store, followed, fromSeq, signal, () => {
      if (followed.followers.size === 0 && this.#channels.get(at) === followed) this.#channels.delete(at)
      if (this.#channels.size === 0) this.#stopPolling()
    })
  }

  close(): void {
    for (const channel of [...this.#channels.values()])
      for (const follower of [...channel.followers] as Subscription[]) void follower.return()
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
    for (const [at, channel] of this.#channels) {
      if (asked >= pollLimit) break
      if (now - channel.activeAt < this.#pollMs) continue
      asked++
      channel.activeAt = now
      // To the back of the row, so that every channel has its turn.
      this.#channels.delete(at)
      this.#channels.set(at, channel)
      for (const follower of channel.followers as Set<Subscription>) follower.ask()
    }
    if (this.#channels.size > 0) this.#cancelPoll = this.#clock.after(this.#pollMs, this.#poll)
  }
}

function name(key: TaskKey): string {
  return `${key.taskId}\n${key.tenant}\n${key.principalId}`
}
