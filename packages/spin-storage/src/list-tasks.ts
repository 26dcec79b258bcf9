import {
  compareText,
  sinceOf,
  type StoredTask,
  type TaskCursor,
  type TaskPage,
  type TaskQuery,
} from '@pf-agents/agent-core'
import type { KeyPaths } from './key-path'
import type { IndexEntry, TaskIndex } from './task-index'
import type { TaskTable } from './task-table'

/** What a list works with. */
export interface ListParts {
  tasks: TaskTable
  index: TaskIndex
  paths: KeyPaths
}

/**
 * One page. Order, filters and total come from the index; then the records of the page are read. A task that was changed
 * or removed in between is left out where it no longer fits, and the next one moves up.
 */
export function listTasks({ tasks, index, paths }: ListParts, query: TaskQuery): TaskPage {
  const { contextId, state, after, pageSize, scope } = query
  const since = sinceOf(query)
  const fits = (one: { contextId: string; state?: string; at: string }): boolean =>
    (contextId === undefined || one.contextId === contextId) &&
    (state === undefined || one.state === state) &&
    (since === undefined || one.at >= since)
  const found = index.entries(scope).filter(fits).toSorted(newestFirst)
  const rest = after === undefined ? found : found.filter((entry) => isBehind(entry, after))
  const page: StoredTask[] = []
  let last: IndexEntry | undefined
  let read = 0
  for (; read < rest.length && page.length < pageSize; read++) {
    const entry = rest[read] as IndexEntry
    const key = { ...scope, taskId: entry.taskId }
    const name = paths.taskName(key)
    const record = tasks.read(name)
    if (record === undefined || !fits(record.head)) continue
    page.push(tasks.stored(key, name, record))
    last = entry
  }
  return {
    tasks: page,
    total: found.length,
    ...(last !== undefined && read < rest.length && { next: { timestamp: last.at, taskId: last.taskId } }),
  }
}

function newestFirst(a: IndexEntry, b: IndexEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1
  return compareText(b.taskId, a.taskId)
}

function isBehind(entry: IndexEntry, { timestamp, taskId }: TaskCursor): boolean {
  if (entry.at !== timestamp) return entry.at < timestamp
  return compareText(entry.taskId, taskId) < 0
}
