import { applyEvent, snapshotTask } from '../event/reducer'
import type { RunEvent, StoredEvent } from '../event/run-event'
import { isTerminal } from '../model/task-state'
import type { Task } from '../model/task'
import type {
  CommitResult,
  Lease,
  OverduePage,
  OverdueScan,
  RunCommit,
  RunStore,
  StoredTask,
  TaskFacts,
  TaskHead,
  TaskPage,
  TaskQuery,
} from '../port/run-store'
import type { TaskKey } from '../port/scope'
import { admitCommit, patchFacts } from './commit-rules'
import { type ByteMeter, copyJson, freezeJson } from './copy-json'
import { listRecords } from './list-records'
import { createMemoryConversation, type MemoryConversation } from './memory-conversation'
import { createMemoryOutbox, type MemoryOutbox } from './memory-outbox'
import { type FactBytes, recordOverhead, type TaskRecord, TaskShelf } from './task-shelf'

/** Bounds of {@link createMemoryRunStore}. Weights are estimates of heap bytes. */
export interface MemoryRunStoreOptions {
  /** Tasks kept, live ones and those that are over. Default 10,000. */
  maxTasks?: number
  /** Estimated bytes of all tasks with their events. Default 256 MiB. */
  maxBytes?: number
  /** Newest events kept per task; reading from before them answers `undefined`. Default 4,096. */
  maxEvents?: number
  /** How many of the tasks that ended last keep their events. Default 256. */
  keepLogs?: number
  /** What PF_STORE_FULL tells the caller to wait, in milliseconds. Default 1,000. */
  retryAfterMs?: number
  /** Where the messages of commits go. Default: one of its own. */
  conversation?: MemoryConversation
  /** Where the deliveries of commits go. Default: one of its own. */
  outbox?: MemoryOutbox
}

/** The memory driver answers at once. */
export interface MemoryRunStore extends RunStore {
  commit(commit: RunCommit): CommitResult
  load(key: TaskKey): StoredTask | undefined
  head(key: TaskKey): TaskHead | undefined
  list(query: TaskQuery): TaskPage
  overdue(query: OverdueScan): OverduePage
  read(key: TaskKey, fromSeq: number, limit?: number): StoredEvent[] | undefined
  claim(key: TaskKey, terms: { now: number; expiresAt: number }): Lease | undefined
  renew(key: TaskKey, token: number, expiresAt: number): boolean
  release(key: TaskKey, token: number): void
  /** Where the messages of commits are. */
  readonly conversation: MemoryConversation
  /** Where the deliveries of commits are. */
  readonly outbox: MemoryOutbox
}

/**
 * Keeps tasks in memory, within bounds: only tasks that are over are evicted, those that ended first before the rest.
 * Full of live ones, it refuses new ones with PF_STORE_FULL and a time to wait.
 *
 * A commit is synchronous and costs a few microseconds: events are folded into the store's own record,
 * what the caller passes in is copied once, and what `load` gives is shared and frozen where the task is over.
 *
 * @example
 * ```ts
 * const store = createMemoryRunStore({ maxTasks: 1_000 })
 * ```
 */
export function createMemoryRunStore(options: MemoryRunStoreOptions = {}): MemoryRunStore {
  const maxEvents = options.maxEvents ?? 4_096
  const conversation = options.conversation ?? createMemoryConversation()
  const outbox = options.outbox ?? createMemoryOutbox()
  const shelf = new TaskShelf({
    maxTasks: options.maxTasks ?? 10_000,
    maxBytes: options.maxBytes ?? 256 * 1024 * 1024,
    keepLogs: options.keepLogs ?? 256,
    retryAfterMs: options.retryAfterMs ?? 1_000,
  })

  return {
    hasEventLog: true,
    conversation,
    outbox,

    commit(commit) {
      const found = shelf.find(commit.key)
      const admission = admitCommit(commit, found)
      shelf.checkRoom(found === undefined, endsTask(commit))
      if (commit.outbox !== undefined) outbox.checkRoom(commit.outbox.length)

      // All copies first: where one can't be made, the store is as it was.
      const said = commit.conversation?.length ? JSON.stringify(commit.conversation) : undefined
      const meter: ByteMeter = { bytes: 0 }
      const deliveries = commit.outbox && copyJson(commit.outbox, meter)
      const patch = commit.facts && weighedPatch(commit.facts)
      meter.bytes = 0
      const record = found ?? newRecord(commit, meter)
      const events: RunEvent[] = []
      let logBytes = 0
      for (const event of commit.events) {
        const before = meter.bytes
        events.push(copyJson(event, meter))
        logBytes += addsToTask(event) ? eventOverhead : eventOverhead + meter.bytes - before
      }

      const bytesBefore = record.bytes
      record.bytes += meter.bytes + events.length * eventOverhead
      if (record.isShared && events.length > 0) {
        record.task = snapshotTask(record.task)
        record.isShared = false
      }
      for (const event of events) applyEvent(record.task, event)
      record.lastSeq += events.length
      keepEvents(record, events, logBytes, maxEvents)
      if (patch !== undefined) replaceFacts(record, patch)
      record.version = admission.version
      record.lease = admission.lease
      record.lastToken = admission.lastToken
      if (found === undefined) shelf.add(record)
      else shelf.update(record, bytesBefore)
      if (said !== undefined)
        conversation.appendText(commit.key, record.task.contextId, said, commit.conversation?.length ?? 0)
      if (deliveries !== undefined) outbox.adopt(deliveries)

      const result: CommitResult = { version: record.version, lastSeq: record.lastSeq }
      if (admission.leaseToken !== undefined) result.leaseToken = admission.leaseToken
      return result
    },

    load(key) {
      const record = shelf.find(key)
      return record && storedTask(record)
    },

    head(key) {
      const record = shelf.find(key)
      if (record === undefined) return undefined
      const head: TaskHead = { version: record.version, state: record.task.status.state }
      if (record.lease !== undefined) head.lease = { ...record.lease }
      return head
    },

    list(query) {
      const page = listRecords(shelf.scope(query.scope), query, storedTask)
      const overdue = query.overdue === undefined ? [] : shelf.overdue(query.overdue, query.scope)
      if (overdue.length > 0) page.overdue = overdue
      return page
    },

    overdue(query) {
      return shelf.overdueOfTenant(query)
    },

    read(key, fromSeq, limit = 1_000) {
      const record = shelf.find(key)
      if (record === undefined) return undefined
      const kept = record.events ?? []
      const firstSeq = record.lastSeq - kept.length + 1
      const from = Math.max(1, fromSeq)
      if (from < firstSeq) return undefined
      const stored: StoredEvent[] = []
      const end = Math.min(record.lastSeq, from + limit - 1)
      for (let seq = from; seq <= end; seq++) stored.push({ seq, event: freezeJson(kept[seq - firstSeq] as RunEvent) })
      return stored
    },

    claim(key, { now, expiresAt }) {
      const record = shelf.find(key)
      if (record === undefined || (record.lease !== undefined && record.lease.expiresAt > now)) return undefined
      record.lease = { token: ++record.lastToken, expiresAt }
      shelf.reschedule(record)
      return { ...record.lease }
    },

    renew(key, token, expiresAt) {
      const record = shelf.find(key)
      if (record?.lease?.token !== token) return false
      record.lease = { token, expiresAt }
      shelf.reschedule(record)
      return true
    },

    release(key, token) {
      const record = shelf.find(key)
      if (record?.lease?.token !== token) return
      record.lease = undefined
      shelf.reschedule(record)
    },
  }
}

/** Estimated bytes of the object around an event, and of its place in the log. */
const eventOverhead = 48

/** Whether what the event carries stays in the task when the event itself is gone. */
function addsToTask(event: RunEvent): boolean {
  return event.type === 'message' || event.type === 'text-delta' || (event.type === 'artifact' && event.append === true)
}

function endsTask({ events }: RunCommit): boolean {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index]
    if (event?.type === 'status') return isTerminal(event.status.state)
  }
  return false
}

function newRecord(commit: RunCommit, meter: ByteMeter): TaskRecord {
  const { tenant, principalId, taskId } = commit.key
  meter.bytes += recordOverhead + tenant.length + principalId.length + taskId.length
  return {
    key: Object.freeze({ tenant, principalId, taskId }),
    task: copyJson(commit.create as Task, meter),
    facts: noFacts,
    events: [],
    version: 0,
    lease: undefined,
    lastToken: 0,
    lastSeq: 0,
    time: '',
    due: undefined,
    bytes: 0,
    logBytes: 0,
    factBytes: {},
    isShared: false,
    isEnded: false,
    previous: undefined,
    next: undefined,
  }
}

/** What a record has before its first commit gives it facts. */
const noFacts = Object.freeze({}) as unknown as TaskFacts

/** Adds events to the log and trims it. */
function keepEvents(record: TaskRecord, events: RunEvent[], bytes: number, maxEvents: number): void {
  const kept = record.events
  if (kept === undefined) {
    record.bytes -= bytes
    return
  }
  record.logBytes += bytes
  if (kept.length === 0) record.events = events
  else for (const event of events) kept.push(event)
  trimEvents(record, maxEvents)
}

/** A quarter at a time, so that a long log is not moved by every event. */
function trimEvents(record: TaskRecord, maxEvents: number): void {
  const { events: kept = [], logBytes } = record
  if (kept.length <= maxEvents * 1.25) return
  const gone = Math.round((logBytes * (kept.length - maxEvents)) / kept.length)
  record.logBytes -= gone
  record.bytes -= gone
  kept.splice(0, kept.length - maxEvents)
}

interface WeighedPatch {
  values: NonNullable<RunCommit['facts']>
  bytes: FactBytes
}

function weighedPatch(patch: NonNullable<RunCommit['facts']>): WeighedPatch {
  const values: { [name: string]: unknown } = {}
  const bytes: { [name: string]: number } = {}
  for (const name in patch) {
    const meter: ByteMeter = { bytes: 0 }
    values[name] = copyJson(patch[name as keyof TaskFacts], meter)
    bytes[name] = meter.bytes
  }
  return { values: values as WeighedPatch['values'], bytes }
}

function replaceFacts(record: TaskRecord, { values, bytes }: WeighedPatch): void {
  for (const name in bytes) {
    const key = name as keyof TaskFacts
    record.bytes += (bytes[key] ?? 0) - (record.factBytes[key] ?? 0)
  }
  record.factBytes = record.version === 0 ? bytes : { ...record.factBytes, ...bytes }
  record.facts = record.version === 0 ? patchFacts(undefined, values) : patchFacts(record.facts, values)
}

/** The record for a caller. A task that is over is frozen and shared, a live one copied as far as events will change it. */
function storedTask(record: TaskRecord): StoredTask {
  let { task } = record
  if (isTerminal(task.status.state)) {
    freezeJson(task)
    record.isShared = true
  } else task = freezeContents(snapshotTask(task))
  const stored: StoredTask = {
    key: record.key,
    task,
    facts: freezeJson(record.facts),
    version: record.version,
    lastSeq: record.lastSeq,
  }
  if (record.lease !== undefined) stored.lease = { ...record.lease }
  return stored
}

/** Freezes what a snapshot shares with the record: everything but the containers that `snapshotTask` made anew. */
function freezeContents(task: Task): Task {
  freezeJson(task.status)
  freezeJson(task.metadata)
  for (const message of task.history) freezeJson(message)
  for (const artifact of task.artifacts) {
    freezeJson(artifact.metadata)
    freezeJson(artifact.extensions)
    for (const part of artifact.parts) {
      if (part.text === undefined) freezeJson(part)
      else freezeJson(part.metadata)
    }
  }
  return task
}
