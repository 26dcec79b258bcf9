import type { RunEvent } from '../event/run-event'
import type { Task } from '../model/task'
import type { OutboxEntry } from './outbox'
import { port } from './port'
import type { Awaitable, TaskFacts } from './run-store'
import type { TaskKey } from './scope'

/** A commit, as whoever decides what it owes sees it. */
export interface PendingCommit {
  readonly key: TaskKey
  readonly events: readonly RunEvent[]
  /** The number that the first event will have. */
  readonly firstSeq: number
  /** The task with these events folded in. It stays as it is until the commit is made; keep nothing of it. */
  readonly task: Task
  readonly facts: TaskFacts
  /** The commit makes the task. */
  readonly isNew: boolean
}

/**
 * Says which deliveries commits owe, so that they are stored with the events they are about. Asked for every commit of
 * every task: it must be quick to say that nothing is owed.
 */
export interface Deliveries {
  /** What a commit owes. What it throws fails the commit: it must not be stored without its deliveries. */
  owed(commit: PendingCommit): Awaitable<readonly OutboxEntry[] | undefined>
  /** These events were stored, and what they owe with them. */
  stored(key: TaskKey, events: readonly RunEvent[]): void
}

/** Port of what decides which deliveries are owed. */
export const deliveriesPort = port<Deliveries>('pf.deliveries')
