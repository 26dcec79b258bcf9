import {
  compareText,
  type OverduePage,
  type OverdueScan,
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
 * Overdue tasks that one list names; the rest counts as failed. Failing one takes up to twelve handles for compare-and-set,
 * Spin lets a request have 256 of them, and the runtime looks five times at most.
 */
const maxOverdue = 4

/** What a list works with. */
export interface ListParts {
  tasks: TaskTable
  index: TaskIndex
  paths: KeyPaths
  /** Bytes that the records of a page may take, but for the first. */
  pageBytes: number
}

/**
 * One page. Order, filters and total come from the index; then the records of the page are read. A task that was changed
 * or removed in between is left out where it no longer fits, and the next one moves up. A page ends where the records take
 * all the memory they may.
 */
export function listTasks({ tasks, index, paths, pageBytes }: ListParts, query: TaskQuery): TaskPage {
  const { contextId, state, after, pageSize, scope } = query
  const since = sinceOf(query)
  const fits = (one: { contextId: string; state?: string; at: string }): boolean =>
    (contextId === undefined || one.contextId === contextId) &&
    (state === undefined || one.state === state) &&
    (since === undefined || one.at >= since)
  const entries = index.entries(scope)
  const overdue = query.overdue === undefined ? [] : dueBefore(entries, query.overdue.now)
  const { limit = 0, mayPresume = false } = query.overdue ?? {}
  // Behind a page none is to be failed, as it would become the newest, and so be missed by whoever reads on.
  const named = overdue.slice(0, mayPresume && after !== undefined ? 0 : Math.min(maxOverdue, limit))
  const failed = new Set(mayPresume ? overdue.slice(named.length) : [])
  const all = failed.size === 0 ? entries : entries.map((one) => (failed.has(one) ? asFailed(one) : one))
  const found = all.filter(fits).toSorted(newestFirst)
  const rest = after === undefined ? found : found.filter((entry) => isBehind(entry, after))
  const page: StoredTask[] = []
  let last: CurrentEntry | undefined
  let left = pageBytes
  let read = 0
  for (; read < rest.length && page.length < pageSize; read++) {
    const entry = rest[read] as CurrentEntry
    const key = { ...scope, taskId: entry.taskId }
    const name = paths.taskName(key)
    const record = page.length === 0 ? tasks.read(name) : tasks.readUpTo(name, left)
    if (record === 'too-large') break
    // Of a task that counts as failed the index said all there is to say.
    if (
      record === undefined ||
      !(entry.isPresumed === true ? record.head.version === entry.version : fits(record.head))
    )
      continue
    const stored = tasks.stored(key, name, record)
    if (stored === undefined) continue
    page.push(stored)
    left -= record.task.length + record.facts.length
    last = entry
  }
  return {
    tasks: page,
    total: found.length,
    ...(named.length > 0 && { overdue: named.map(keyOf) }),
    ...(failed.size > 0 && { isPresumed: true }),
    ...(last !== undefined && read < rest.length && { next: { timestamp: last.at, taskId: last.taskId } }),
  }
}

/** What is overdue of those of a tenant, longest first. */
export function overdueOfTenant(
  entries: readonly CurrentEntry[],
  { tenant, now, limit, after }: OverdueScan,
): OverduePage {
  const last = after === undefined ? undefined : (JSON.parse(after) as CurrentEntry)
  const rest = dueBefore(entries, now).filter(
    (entry) => entry.tenant === tenant && (last === undefined || longestFirst(last, entry) < 0),
  )
  const page = rest.slice(0, limit)
  const { due, principalId, taskId } = page.at(-1) ?? {}
  return {
    tasks: page.map(keyOf),
    ...(rest.length > page.length && { next: JSON.stringify({ due, principalId, taskId }) }),
  }
}

function dueBefore(entries: readonly CurrentEntry[], now: number): CurrentEntry[] {
  return entries.filter(({ due }) => due !== undefined && due <= now).toSorted(longestFirst)
}

function longestFirst(a: CurrentEntry, b: CurrentEntry): number {
  return (a.due ?? 0) - (b.due ?? 0) || compareText(a.principalId, b.principalId) || compareText(a.taskId, b.taskId)
}

function keyOf({ tenant, principalId, taskId }: CurrentEntry): TaskKey {
  return { tenant, principalId, taskId }
}

/** A task that nobody works on any more, as it will be once somebody has failed it; it keeps its place. */
function asFailed(entry: CurrentEntry): CurrentEntry {
  return { ...entry, state: 'failed', isPresumed: true }
}

function newestFirst(a: CurrentEntry, b: CurrentEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1
  return compareText(b.taskId, a.taskId)
}

function isBehind(entry: CurrentEntry, { timestamp, taskId }: TaskCursor): boolean {
  if (entry.at !== timestamp) return entry.at < timestamp
  return compareText(entry.taskId, taskId) < 0
}
