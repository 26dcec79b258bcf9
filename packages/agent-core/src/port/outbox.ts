import type { JsonObject } from '../model/json'
import { port } from './port'

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
  take(terms: { topic: string; now: number; hideUntil: number; limit: number }): Promise<OutboxEntry[]> | OutboxEntry[]
  /** Done: the entry is gone. */
  settle(id: string): Promise<void> | void
  /** Not done: try again later; counts an attempt. */
  postpone(id: string, dueAt: number): Promise<void> | void
}

/** Port of the outbox. */
export const outboxPort = port<Outbox>('pf.outbox')
