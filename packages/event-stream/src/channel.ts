import { isTerminal, type RunEvent, type StoredEvent, type TaskKey } from '@pf-agents/agent-core'

/** Whoever waits for a channel to have more. */
export interface Follower {
  /** Number of the event it wants next. */
  readonly position: number
  /** There is more, or the store has to be asked. */
  wake(): void
  /** The store is to be asked: somebody else may have written. */
  ask(): void
  /** Nothing more comes. */
  end(): void
}

/** How much of a task's newest events is kept for followers that are behind. */
export interface TailLimits {
  events: number
  /** Characters, estimated. */
  length: number
}

/** Characters handed over at once, or so: a follower that stalls holds that many, however large events are. */
const batchLength = 131_072

/** Kept beyond what followers need, so that the tail is not cut for every event. */
const slack = 64

/** The newest events of one task, kept as long as a follower has not read them, within bounds. */
export class Channel {
  readonly key: TaskKey
  readonly followers = new Set<Follower>()
  /** Number of the newest event that was published here; 0 before the first. */
  lastSeq = 0
  /** When something was last published or asked: milliseconds since 1970. */
  activeAt = 0
  readonly #limits: TailLimits
  #hasEnded = false
  #tail: StoredEvent[] = []
  /** The length of each event of the tail, weighed once. */
  #lengths: number[] = []
  #length = 0

  constructor(key: TaskKey, limits: TailLimits) {
    this.key = key
    this.#limits = limits
  }

  publish(events: readonly StoredEvent[]): void {
    const last = events.at(-1)
    if (last === undefined) return
    // What another process wrote in between is in the store, not here: only an unbroken row is kept.
    if (events[0]?.seq !== this.lastSeq + 1) this.#cut(this.#tail.length)
    for (const stored of events) {
      const length = lengthOf(stored.event)
      this.#tail.push(stored)
      this.#lengths.push(length)
      this.#length += length
    }
    this.lastSeq = last.seq
    if (events.some(endsTask)) this.#hasEnded = true
    if (this.#tail.length > slack || this.#length > this.#limits.length) this.#trim()
    for (const follower of this.followers) follower.wake()
  }

  /**
   * Whether this is the number of the event that will be published next: then the store has nothing from here on, unless
   * another process writes, too, and a poll finds what it wrote.
   */
  isNext(seq: number): boolean {
    return this.lastSeq > 0 && seq === this.lastSeq + 1 && !this.#hasEnded
  }

  /**
   * Events numbered `from` and later that are at hand, a batch of them; `undefined` where the store has to be asked.
   * A message is never the last while what follows it is at hand: the two may be one on the wire.
   */
  at(from: number, limit: number): readonly StoredEvent[] | undefined {
    const first = this.#tail[0]?.seq
    if (first === undefined || from < first || from > this.lastSeq) return undefined
    let end = Math.min(from - first + limit, this.#tail.length)
    while (end < this.#tail.length && this.#tail[end - 1]?.event.type === 'message') end++
    const batch = this.#tail.slice(from - first, end)
    return this.#length <= batchLength ? batch : withinLength(batch, this.#lengths.slice(from - first, end))
  }

  /** Drops what everybody has read, and what goes over the bounds: whoever is still behind is given that by the store. */
  #trim(): void {
    const first = this.#tail[0]?.seq ?? 0
    let wanted = this.lastSeq + 1
    for (const { position } of this.followers) if (position < wanted) wanted = position
    // A quarter more than need be, so that a follower far behind does not have the row moved for every event.
    const over = this.#tail.length > this.#limits.events ? this.#tail.length - (this.#limits.events * 3) / 4 : 0
    this.#cut(Math.floor(Math.max(wanted - first, over)))
    if (this.#length <= this.#limits.length) return
    let at = 0
    for (let left = this.#length; left > (this.#limits.length * 3) / 4 && at < this.#tail.length; at++)
      left -= this.#lengths[at] as number
    this.#cut(at)
  }

  #cut(count: number): void {
    if (count <= 0) return
    this.#tail.splice(0, count)
    for (const length of this.#lengths.splice(0, count)) this.#length -= length
  }
}

/** Whether an event is the last of its task. */
export function endsTask({ event }: StoredEvent): boolean {
  return event.type === 'status' && isTerminal(event.status.state)
}

/** The first of some events, as many as make a batch by their lengths; at least one, and what is read together with it. */
export function withinLength(
  events: readonly StoredEvent[],
  lengths: readonly number[] = events.map(({ event }) => lengthOf(event)),
): readonly StoredEvent[] {
  let length = 0
  for (let at = 0; at < events.length; at++) {
    length += lengths[at] as number
    if (length > batchLength && at > 0 && events[at - 1]?.event.type !== 'message') return events.slice(0, at)
  }
  return events
}

/** About how many characters an event has. */
function lengthOf(event: RunEvent): number {
  return 'delta' in event && typeof event.delta === 'string' ? event.delta.length + 64 : sizeOf(event)
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  if (ArrayBuffer.isView(value)) return value.byteLength
  let size = 16
  // Plain JSON: nothing is inherited. This is done for every event.
  for (const name in value) size += name.length + sizeOf((value as Record<string, unknown>)[name])
  return size
}
