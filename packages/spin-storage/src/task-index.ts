import {
  compareText,
  isTerminal,
  type Scope,
  sinceOf,
  type TaskCursor,
  type TaskKey,
  type TaskQuery,
  type TaskState,
} from '@pf-agents/agent-core'
import type { HostBucket } from './host-bucket'
import { fromBytes, toBytes } from './json-bytes'
import { scopeSegments, segment } from './key-name'
import type { TaskRecord } from './task-record'

/** What a list needs to know of a task: one small value beside the task itself. */
export interface IndexEntry {
  taskId: string
  contextId: string
  state: TaskState
  timestamp: string
  version: number
}

export function entryOf(record: TaskRecord): IndexEntry {
  const { id, contextId, status } = record.task
  return { taskId: id, contextId, state: status.state, timestamp: status.timestamp, version: record.version }
}

/** The keys of one task. */
export interface TaskKeys {
  task: string
  index: string
}

export function keysOf(key: TaskKey): TaskKeys {
  const name = `${scopeSegments(key)}/${segment(key.taskId)}`
  return { task: `task/${name}`, index: `index/${name}` }
}

/**
 * Writes a task's entry, and again as long as the task changed meanwhile: whoever writes last has seen the newest task,
 * so slow writers can't leave an old entry behind.
 */
export function writeEntry(bucket: HostBucket, keys: TaskKeys, read: () => TaskRecord | undefined): void {
  for (;;) {
    const record = read()
    if (record === undefined) return bucket.delete(keys.index)
    bucket.set(keys.index, toBytes(entryOf(record)))
    if (read()?.version === record.version) return
  }
}

/** A scope's entries, newest status first, equal times by id, both descending. */
export function readEntries(bucket: HostBucket, scope: Scope): IndexEntry[] {
  const prefix = `index/${scopeSegments(scope)}/`
  const names = bucket.keys().filter((name) => name.startsWith(prefix))
  const entries: IndexEntry[] = []
  for (const bytes of bucket.getMany(names))
    if (bytes !== undefined) entries.push(fromBytes(bytes) as unknown as IndexEntry)
  return entries.sort(newestFirst)
}

function newestFirst(a: IndexEntry, b: IndexEntry): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? 1 : -1
  return compareText(b.taskId, a.taskId)
}

/** Entries that a query asks for, whatever page. */
export function matching(entries: readonly IndexEntry[], query: TaskQuery): IndexEntry[] {
  const since = sinceOf(query)
  return entries.filter(
    (entry) =>
      (query.contextId === undefined || entry.contextId === query.contextId) &&
      (query.state === undefined || entry.state === query.state) &&
      (since === undefined || entry.timestamp >= since),
  )
}

/** Whether an entry comes behind the place where the page before ended. */
export function isBehind(entry: IndexEntry, { timestamp, taskId }: TaskCursor): boolean {
  if (entry.timestamp !== timestamp) return entry.timestamp < timestamp
  return compareText(entry.taskId, taskId) < 0
}

/** Of a scope's entries, those of tasks that are over and beyond how many are kept: the oldest. */
export function surplus(entries: readonly IndexEntry[], keep: number): IndexEntry[] {
  return entries.filter((entry) => isTerminal(entry.state)).slice(keep)
}
