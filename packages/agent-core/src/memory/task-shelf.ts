import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'
import { isTerminal } from '../model/task-state'
import type { Task } from '../model/task'
import type { Lease, OverduePage, OverdueQuery, OverdueScan, TaskFacts } from '../port/run-store'
import type { Scope, TaskKey } from '../port/scope'
import { compareText } from './compare-text'
import { dueTime } from './due-time'
import { LinkedList, type LinkedNode } from './linked-list'
import { OrderedList } from './ordered-list'
import { ScopeMap } from './scope-map'

/** A task as the memory driver holds it. Weights are estimates. */
export interface TaskRecord extends LinkedNode<TaskRecord> {
  readonly key: TaskKey
  task: Task
  facts: TaskFacts
  /** The newest events; `undefined` once they were dropped. */
  events: RunEvent[] | undefined
  version: number
  lease: Lease | undefined
  lastToken: number
  lastSeq: number
  /** The status time it is sorted by. */
  time: string
  /** When it is overdue, and stands in the order of those that will be. */
  due: number | undefined
  /** Bytes of all of it. */
  bytes: number
  /** Those of them that go when the events go. */
  logBytes: number
  /** Those of them that go when the facts are replaced. */
  factBytes: FactBytes
  /** Whether a caller holds the task itself: it is frozen, and the next change makes a new one. */
  isShared: boolean
  /** Whether it is over and stands in the queue of those to evict. */
  isEnded: boolean
}

/** Bytes of each fact. */
export type FactBytes = { [K in keyof TaskFacts]?: number }

/** The tasks of one scope. */
export interface ScopeShelf {
  readonly tasks: Map<string, TaskRecord>
  /** By status time, then id, ascending. */
  readonly order: OrderedList<TaskRecord>
  /** Those that will be overdue or are, longest first. */
  readonly due: OrderedList<TaskRecord>
}

/** Bounds of a {@link TaskShelf}. */
export interface TaskShelfBounds {
  maxTasks: number
  maxBytes: number
  keepLogs: number
  retryAfterMs: number
}

/** Estimated bytes of a record beside its contents: itself, its key, its places in map, order and queue. */
export const recordOverhead = 512

/** Newest last; equal times by id. */
function compareRecords(a: TaskRecord, b: TaskRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1
  return compareText(a.key.taskId, b.key.taskId)
}

function compareDue(a: TaskRecord, b: TaskRecord): number {
  return (a.due ?? 0) - (b.due ?? 0) || compareText(a.key.taskId, b.key.taskId)
}

/** Where a record stands among those of its tenant that are overdue: since when, whose, and its id. */
type DuePlace = [due: number, principalId: string, taskId: string]

function placeOf({ due = 0, key }: TaskRecord): DuePlace {
  return [due, key.principalId, key.taskId]
}

function comparePlaces(a: DuePlace, b: DuePlace): number {
  return a[0] - b[0] || compareText(a[1], b[1]) || compareText(a[2], b[2])
}

function isDue({ due = 0 }: TaskRecord, now: number): boolean {
  return due <= now
}

/** Holds records in order and within bounds. Only tasks that are over are evicted, the one that ended first before the rest. */
export class TaskShelf {
  private readonly scopes = new ScopeMap<ScopeShelf>()
  private readonly ended = new LinkedList<TaskRecord>()
  /** The oldest ended task that still has its events, and how many have. */
  private oldestLog: TaskRecord | undefined
  private endedLogs = 0
  private count = 0
  private bytes = 0
  private readonly bounds: TaskShelfBounds

  constructor(bounds: TaskShelfBounds) {
    this.bounds = bounds
  }

  scope(scope: Scope): ScopeShelf | undefined {
    return this.scopes.get(scope)
  }

  /** What is overdue in a scope, longest first. */
  overdue({ now, limit }: OverdueQuery, scope: Scope): TaskKey[] {
    const found: TaskKey[] = []
    this.scopes.get(scope)?.due.up(0, (record) => isDue(record, now) && found.push(record.key) < limit)
    return found
  }

  /** What is overdue in all scopes of a tenant. */
  overdueOfTenant({ tenant, now, limit, after }: OverdueScan): OverduePage {
    const place = after === undefined ? undefined : (JSON.parse(after) as DuePlace)
    const found: TaskRecord[] = []
    for (const { due } of this.scopes.ofTenant(tenant)) {
      const from = place === undefined ? 0 : due.countBefore((record) => comparePlaces(placeOf(record), place) <= 0)
      let count = 0
      // One more than asked for: it says whether there is a page behind this one.
      due.up(from, (record) => isDue(record, now) && found.push(record) > 0 && ++count <= limit)
    }
    found.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)))
    const tasks = found.slice(0, limit)
    const last = tasks.at(-1)
    return {
      tasks: tasks.map(({ key }) => key),
      ...(last !== undefined && found.length > limit && { next: JSON.stringify(placeOf(last)) }),
    }
  }

  find(key: TaskKey): TaskRecord | undefined {
    return this.scopes.get(key)?.tasks.get(key.taskId)
  }

  /**
   * Refuses what would grow past the bounds when nothing is left to evict.
   * Never refuses to end a task: that is what makes room again.
   */
  checkRoom(isNew: boolean, isEnding: boolean): void {
    if (this.ended.size > 0) return
    const { maxTasks, maxBytes, retryAfterMs } = this.bounds
    if (isNew ? this.count < maxTasks && this.bytes < maxBytes : isEnding || this.bytes < maxBytes) return
    const message = `The memory store holds ${this.count} tasks (about ${this.bytes} bytes) and none of them is over. Try again later, or raise maxTasks or maxBytes.`
    throw new PfError('PF_STORE_FULL', message, { retryAfterMs })
  }

  /** Puts a new record in its place. */
  add(record: TaskRecord): void {
    record.time = record.task.status.timestamp
    let shelf = this.scopes.get(record.key)
    if (shelf === undefined) {
      shelf = { tasks: new Map(), order: new OrderedList(compareRecords), due: new OrderedList(compareDue) }
      this.scopes.set(record.key, shelf)
    }
    shelf.tasks.set(record.key.taskId, record)
    shelf.order.add(record)
    this.count++
    this.bytes += record.bytes
    this.reschedule(record)
    this.keepBounds(record)
  }

  /** Takes note of a lease or of questions that may have changed. */
  reschedule(record: TaskRecord): void {
    const due = dueTime(record.task.status.state, record.lease, record.facts.interrupts)
    if (due === record.due) return
    const order = this.scopes.get(record.key)?.due
    if (record.due !== undefined) order?.remove(record)
    record.due = due
    if (due !== undefined) order?.add(record)
  }

  /** Takes note of what a commit changed in a record that is here. */
  update(record: TaskRecord, bytesBefore: number): void {
    const time = record.task.status.timestamp
    if (time !== record.time) {
      const order = this.scopes.get(record.key)?.order
      order?.remove(record)
      record.time = time
      order?.add(record)
    }
    this.bytes += record.bytes - bytesBefore
    this.reschedule(record)
    this.keepBounds(record)
  }

  private keepBounds(record: TaskRecord): void {
    const isEnded = isTerminal(record.task.status.state)
    if (isEnded !== record.isEnded) {
      if (isEnded) this.enqueue(record)
      else this.dequeue(record)
    }
    const { maxTasks, maxBytes } = this.bounds
    let oldest = this.ended.first
    while (oldest !== undefined && oldest !== record && (this.count > maxTasks || this.bytes > maxBytes)) {
      this.evict(oldest)
      oldest = this.ended.first
    }
  }

  private enqueue(record: TaskRecord): void {
    record.isEnded = true
    this.ended.add(record)
    if (record.events === undefined) return
    this.oldestLog ??= record
    this.endedLogs++
    while (this.oldestLog !== undefined && this.endedLogs > this.bounds.keepLogs) this.dropLog(this.oldestLog)
  }

  private dequeue(record: TaskRecord): void {
    this.passLog(record)
    record.isEnded = false
    this.ended.remove(record)
  }

  private dropLog(record: TaskRecord): void {
    this.passLog(record)
    record.events = undefined
    record.bytes -= record.logBytes
    this.bytes -= record.logBytes
    record.logBytes = 0
  }

  /** A record in the queue no longer counts as one with events. */
  private passLog(record: TaskRecord): void {
    if (record.events === undefined) return
    this.endedLogs--
    if (record !== this.oldestLog) return
    do this.oldestLog = this.oldestLog?.next
    while (this.oldestLog !== undefined && this.oldestLog.events === undefined)
  }

  private evict(record: TaskRecord): void {
    this.dequeue(record)
    const shelf = this.scopes.get(record.key)
    if (shelf !== undefined) {
      shelf.tasks.delete(record.key.taskId)
      shelf.order.remove(record)
      if (shelf.tasks.size === 0) this.scopes.delete(record.key)
    }
    this.count--
    this.bytes -= record.bytes
  }
}
