import {
  compareText,
  type OverdueQuery,
  sinceOf,
  type StoredTask,
  type TaskCursor,
  type TaskKey,
  type TaskPage,
  type TaskQuery,
} from '@pf-agents/agent-core'
import type { KeyPaths } from './key-path'
import type { CurrentEntry, TaskIndex } from './task-index'
import type { TaskTable } from './task-table'

/**
 * Overdue tasks that one list names. Failing one takes up to twelve handles for compare-and-set, Spin lets a request have
 * 256 of them, and the runtime looks five times at most.
 */
const maxOverdue = 4

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
  const all = index.entries(scope)
  const overdue = query.overdue === undefined ? [] : overdueTasks(all, query.overdue, maxOverdue)
  const found = all.filter(fits).toSorted(newestFirst)
  const rest = after === undefined ? found : found.filter((entry) => isBehind(entry, after))
  const page: StoredTask[] = []
  let last: CurrentEntry | undefined
  let read = 0
  for (; read < rest.length && page.length < pageSize; read++) {
    const entry = rest[read] as CurrentEntry
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
    ...(overdue.length > 0 && { overdue }),
    ...(last !== undefined && read < rest.length && { next: { timestamp: last.at, taskId: last.taskId } }),
  }
}

/** What is overdue of these, longest first. */
export function overdueTasks(
  entries: readonly CurrentEntry[],
  { now, limit }: OverdueQuery,
  atMost = limit,
): TaskKey[] {
  return entries
    .filter(({ due }) => due !== undefined && due <= now)
    .toSorted((a, b) => (a.due ?? 0) - (b.due ?? 0) || compareText(a.taskId, b.taskId))
    .slice(0, Math.min(limit, atMost))
    .map(({ tenant, principalId, taskId }) => ({ tenant, principalId, taskId }))
}

function newestFirst(a: CurrentEntry, b: CurrentEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1
  return compareText(b.taskId, a.taskId)
}

function isBehind(entry: CurrentEntry, { timestamp, taskId }: TaskCursor): boolean {
  if (entry.at !== timestamp) return entry.at < timestamp
  return compareText(entry.taskId, taskId) < 0
}
