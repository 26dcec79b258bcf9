import type { Checkpoint } from '../engine/checkpoint'
import type { RunEvent, StoredEvent } from '../event/run-event'
import type { Usage } from '../event/usage'
import type { Interrupt } from '../interrupt/interrupt'
import type { JsonObject } from '../model/json'
import type { Message } from '../model/message'
import type { Task } from '../model/task'
import type { TaskState } from '../model/task-state'
import type { OutboxEntry } from './outbox'
import { port } from './port'
import type { Principal, Scope, TaskKey } from './scope'

/** A value, now or later. Drivers that need no I/O answer at once. */
export type Awaitable<T> = T | Promise<T>

/** Who works on a task, and until when. */
export interface Lease {
  /** Fencing token: grows with every claim of the task, so that an older holder is told apart. */
  token: number
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** What is stored about a task beside the task itself, set by commits. Plain JSON. */
export interface TaskFacts {
  /** Who began it. */
  principal: Principal
  /** The skill that owns it: follow-ups go there. */
  skillId?: string
  /** The newest run. */
  runId: string
  /** Values of `ctx.state.task`. */
  state?: JsonObject
  /** Every interrupt that is open, and those answered since. */
  interrupts?: Interrupt[]
  checkpoint?: Checkpoint
  /** What was said beside answers while other questions were still open. */
  remarks?: Message[]
  usage?: Usage
}

/** A task as the store has it. What it returns is the caller's to read, never to change. */
export interface StoredTask {
  key: TaskKey
  task: Task
  facts: TaskFacts
  /** Number of commits so far; what `expectedVersion` is compared with. */
  version: number
  /** Number of the newest event. */
  lastSeq: number
  /** Absent where nobody works on the task. It may have expired. */
  lease?: Lease
}

/** One atomic step of a run: all of it is stored, or nothing. */
export interface RunCommit {
  key: TaskKey
  /** The version this step builds on; 0 makes the task. */
  expectedVersion: number
  /**
   * Required while somebody holds a lease, expired or not, unless the commit ends the task from outside (see `force`).
   * A commit without `force` whose token is that of no lease is refused.
   */
  leaseToken?: number
  /** Commits without the lease: cancel, and failing a run whose lease expired. */
  force?: boolean
  /** Numbered by the store in this order. */
  events: readonly RunEvent[]
  /**
   * The task before any event, for the commit that makes it.
   * The store keeps a copy of its own.
   */
  create?: Task
  /**
   * The task with all events of this commit folded in, where a driver with an event log should write it out.
   * Without it, such a driver stores the events only.
   */
  snapshot?: Task
  /** Replaces the stored facts, field by field; a field set to `undefined` is removed. */
  facts?: { [K in keyof TaskFacts]?: TaskFacts[K] | undefined }
  /**
   * `{ expiresAt }` takes the lease, or prolongs it for the holder (whose token stays); `'release'` gives it back.
   * With `force` both are done to anybody's lease.
   */
  lease?: { expiresAt: number } | 'release'
  /** Messages that join the conversation of the task's context. */
  conversation?: readonly Message[]
  /** Deliveries that are owed because of these events. */
  outbox?: readonly OutboxEntry[]
}

/** What a commit brought about. */
export interface CommitResult {
  version: number
  /** Number of the last event of this commit, or the newest before where it had none. */
  lastSeq: number
  /** The token, where the commit took or prolonged the lease. */
  leaseToken?: number
}

/** Which tasks to list. Newest status first, equal times by id (in the order of UTF-8 bytes), both descending. */
export interface TaskQuery {
  scope: Scope
  contextId?: string
  state?: TaskState
  /** ISO 8601, to the millisecond; only tasks whose status is as new or newer. */
  updatedSince?: string
  /** 1 or more. */
  pageSize: number
  /** `next` of the page before. */
  after?: TaskCursor
  /** Asks for the tasks of the scope that can't go on any more, too, whatever the filters and the page. */
  overdue?: OverdueQuery
}

/**
 * Which tasks can't go on any more: a run should be working on them (`submitted`, `working`) and its lease is over, or
 * there is none; or they wait (`input-required`, `auth-required`) and the time to answer one of their questions is over.
 */
export interface OverdueQuery {
  /** Milliseconds since 1970. What is over at this time is overdue. */
  now: number
  /** 1 or more. With a list, a driver whose writes are dear may give fewer, though at least 4 where there are as many. */
  limit: number
  /** With a list: such a driver may take the rest for failed, and says so (`isPresumed`). Then `limit` may be 0, too. */
  mayPresume?: boolean
}

/** What {@link RunStore.overdue} is asked for. */
export interface OverdueScan extends OverdueQuery {
  tenant: string
  /** `next` of the page before. */
  after?: string
}

/** One page of a tenant's tasks that can't go on any more. */
export interface OverduePage {
  /** Longest overdue first. */
  tasks: TaskKey[]
  /** Where the next page begins, whatever became of the tasks of this one. Absent on the last page. The driver's own. */
  next?: string
}

/** Where a page ends: the place in the order, so that a changed task can't empty the next page. */
export interface TaskCursor {
  /** Status time of the last task. */
  timestamp: string
  taskId: string
}

/** One page of tasks. */
export interface TaskPage {
  tasks: StoredTask[]
  /** Absent on the last page. */
  next?: TaskCursor
  /** All that match, before paging. */
  total: number
  /** As the query asked: what is overdue, longest first, equal times by id. Absent where nothing is. */
  overdue?: TaskKey[]
  /**
   * More is overdue than `overdue` names, and filters, order and total take that for failed already, where it stands. The
   * tasks of the page are as they are stored.
   */
  isPresumed?: boolean
}

/** What a watcher needs to know of a task, without loading it. */
export interface TaskHead {
  version: number
  state: TaskState
  lease?: Lease
}

/**
 * Where tasks live. Every driver passes the same published suite (`@pf-agents/testing`).
 *
 * Errors of every method: PF_STORE_UNAVAILABLE where the medium fails.
 */
export interface RunStore {
  /**
   * Stores one step atomically and numbers its events.
   * @throws PfError PF_STORE_CONFLICT where the version is another (also: creating a task that exists), which is
   * looked at first; PF_LEASE_LOST where the token is not that of the lease; PF_STORE_FULL where no room is left.
   */
  commit(commit: RunCommit): Awaitable<CommitResult>
  /** The task with all committed events folded in, or `undefined` where the scope has no such task. */
  load(key: TaskKey): Awaitable<StoredTask | undefined>
  /** The head of a task, cheaper than `load`. */
  head(key: TaskKey): Awaitable<TaskHead | undefined>
  /** One page of a scope's tasks. */
  list(query: TaskQuery): Awaitable<TaskPage>
  /**
   * What is overdue in all scopes of a tenant, longest first; found by an index, not by looking at every task. It changes
   * nothing: the runtime fails what nobody works on, and knows of runs of its own whose leases are late.
   */
  overdue(query: OverdueScan): Awaitable<OverduePage>
  /**
   * Events numbered `fromSeq` and later, in order, at most `limit` (default 1,000).
   * Empty where nothing newer was committed. Drivers without an event log (`hasEventLog` false), logs that were trimmed
   * and unknown tasks answer `undefined`: take a snapshot instead.
   */
  read(key: TaskKey, fromSeq: number, limit?: number): Awaitable<StoredEvent[] | undefined>
  /**
   * Takes the lease where nobody holds one that is still good at `now` (`expiresAt` is later);
   * `undefined` where somebody does, or where there is no such task. Leaves the version as it is.
   */
  claim(key: TaskKey, terms: { now: number; expiresAt: number }): Awaitable<Lease | undefined>
  /** Prolongs a lease, expired or not; false where the token is no longer that of the lease. */
  renew(key: TaskKey, token: number, expiresAt: number): Awaitable<boolean>
  /** Gives a lease back; does nothing where the token is no longer that of the lease. */
  release(key: TaskKey, token: number): Awaitable<void>
  /** Whether `read` can answer. */
  readonly hasEventLog: boolean
}

/** Port of the task store. Bound to a bounded memory driver where no storage feature is installed. */
export const runStorePort = port<RunStore>('pf.run-store')
