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
  body: JsonObject
  /** Milliseconds since 1970 from which on it may be tried. */
  dueAt: number
  /** How often it was tried. */
  attempts: number
}

/** The worker's side of the outbox. Optional: drivers of targets without background work have none. */
export interface Outbox {
  /**
   * Takes entries that are due (`dueAt` is `now` or earlier) and hides them until `hideUntil`, in the order in which
   * they were added, only the head of each group: what is behind a head that is not due waits with it.
   * A worker that dies leaves them to be taken again.
   */
  take(terms: { topic: string; now: number; hideUntil: number; limit: number }): Awaitable<OutboxEntry[]>
  /** Done: the entry is gone. */
  settle(id: string): Awaitable<void>
  /** Not done: try again later; counts an attempt. */
  postpone(id: string, dueAt: number): Awaitable<void>
  /**
   * Adds entries that belong to no commit, as a commit would; those whose id is there already are not added again.
   * @throws PfError PF_STORE_FULL where no room is left.
   */
  add(entries: readonly OutboxEntry[]): Awaitable<void>
  /** How many entries of a topic are owed, of one group where given; never counts beyond `limit`. */
  pending(terms: { topic: string; group?: string; limit: number }): Awaitable<number>
}

/** Port of the outbox. */
export const outboxPort = port<Outbox>('pf.outbox')
