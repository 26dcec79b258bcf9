import type { JsonObject } from '../model/json'
import { port } from './port'
import type { Awaitable } from './run-store'

/** A delivery that is owed. Stored in the commit whose events it is about, so that a restart loses none. */
export interface OutboxEntry {
  /** Unique; an entry whose id is there already is not added again. */
  id: string
  /** What is to be done with it, such as `a2a.push`. */
  topic: string
  /** Entries of one group and topic are delivered in order, one at a time. */
  group: string
  /** Whose it is, such as the caller whose task it is about: owners take turns. Default: the empty name. */
  owner?: string
  body: JsonObject
  /** Milliseconds since 1970 from which on it may be tried. */
  dueAt: number
  /** How often it was tried. */
  attempts: number
}

/** The worker's side of the outbox. Optional: drivers of targets without background work have none. */
export interface Outbox {
  /**
   * Takes entries that are due (`dueAt` is `now` or earlier) and hides them until `hideUntil`, only the head of each
   * group: what is behind a head that is not due waits with it. Owners take turns: one entry of each, then another one of
   * each, until there are `limit`. First comes who had no turn yet, then whoever had theirs longest ago, in whichever
   * process; of equals, whose entry has been due for longest. So nobody's many entries delay somebody else's few, however
   * many owners have many. Within an owner, what has been due for longest comes first, then what was added first.
   *
   * Turns are remembered beyond an owner's last entry while others wait for theirs, so that those who come again and again
   * with little do not keep back who has much; but no more than the last {@link outboxTurns}: who had none of those counts
   * as one that had none.
   *
   * A worker that dies leaves its entries to be taken again.
   */
  take(terms: OutboxTake): Awaitable<OutboxEntry[]>
  /** Done: the entry is gone. */
  settle(id: string): Awaitable<void>
  /** Not done: try again later; counts an attempt. */
  postpone(id: string, dueAt: number): Awaitable<void>
  /** Taken, but not tried: it is due at another time than it was hidden until. Counts no attempt. */
  defer(id: string, dueAt: number): Awaitable<void>
  /** Nothing of a group is owed any more: its entries are gone, taken or not. Those of commits under way may still come. */
  drop(terms: OutboxGroup): Awaitable<void>
  /** The head of a group is due at `dueAt`, if it would have been only after `dueAfter`. Counts no attempt. */
  hasten(terms: OutboxGroup & { dueAfter: number; dueAt: number }): Awaitable<void>
  /**
   * Adds entries that belong to no commit, as a commit would; those whose id is there already are not added again.
   * @throws PfError PF_STORE_FULL where no room is left.
   */
  add(entries: readonly OutboxEntry[]): Awaitable<void>
  /**
   * How many entries of a topic are owed: of one group or one owner where given, but not of both. Never counts beyond `limit`.
   *
   * Those of a commit count from the moment `RunStore.commit` was called, before it is answered, though it may be refused
   * yet; so do those of `add`. Who decides by this count what may be added would else decide the same for all commits that
   * come at once, and so pass any bound. Of what other processes are about to store, it need not know.
   */
  pending(terms: OutboxCount): Awaitable<number>
  /** About how many bytes the bodies have that {@link Outbox.pending} counts, as JSON text: of a topic, or of one owner of it. */
  pendingBytes(terms: Pick<OutboxCount, 'topic' | 'owner'>): Awaitable<number>
}

/** How many turns an outbox remembers: those of so many owners, where each has one. */
export const outboxTurns = 10_000

/** What {@link Outbox.take} is asked for. */
export interface OutboxTake {
  topic: string
  /** Milliseconds since 1970, as are all times here. */
  now: number
  hideUntil: number
  limit: number
  /** Owners whose entries are left where they are. Default none. */
  except?: readonly string[]
}

/** A group of entries. */
export interface OutboxGroup {
  topic: string
  group: string
}

/** What {@link Outbox.pending} is asked for. */
export interface OutboxCount {
  topic: string
  group?: string
  owner?: string
  limit: number
}

/** Port of the outbox. */
export const outboxPort = port<Outbox>('pf.outbox')
