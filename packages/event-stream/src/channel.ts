import { isTerminal, type StoredEvent, type TaskKey } from '@pf-agents/agent-core'

/** Whoever waits for a channel to have more. */
export interface Follower {
  /** There is more, or the store has to be asked. */
  wake(): void
}

/** The newest events of one task, kept while somebody follows it. */
export class Channel {
  readonly key: TaskKey
  readonly followers = new Set<Follower>()
  /** Number of the newest event that was published here; 0 before the first. */
  lastSeq = 0
  /** The newest published event ended the task. */
  ended = false
  /** When something was last published or asked: milliseconds since 1970. */
  activeAt = 0
  readonly #limit: number
  #tail: StoredEvent[] = []

  constructor(key: TaskKey, limit: number) {
    this.key = key
    this.#limit = limit
  }

  publish(events: readonly StoredEvent[]): void {
    const last = events.at(-1)
    if (last === undefined) return
    // What another process wrote in between is in the store, not here: only an unbroken row is kept.
    if (this.#tail.length > 0 && events[0]?.seq !== this.lastSeq + 1) this.#tail = []
    this.#tail.push(...events)
    // Cut in halves, so that a long stream does not move the whole row for each event.
    if (this.#tail.length > this.#limit * 2) this.#tail = this.#tail.slice(-this.#limit)
    this.lastSeq = last.seq
    this.ended ||= events.some(endsTask)
    for (const follower of this.followers) follower.wake()
  }

  /** Events numbered `from` and later that are at hand, at most `limit`; `undefined` where the store has to be asked. */
  at(from: number, limit: number): readonly StoredEvent[] | undefined {
    const first = this.#tail[0]?.seq
    if (first === undefined || from < first || from > this.lastSeq) return undefined
    return this.#tail.slice(from - first, from - first + limit)
  }
}

/** Whether an event is the last of its task. */
export function endsTask({ event }: StoredEvent): boolean {
  return event.type === 'status' && isTerminal(event.status.state)
}
