import type { StoredTask, TaskCursor, TaskPage, TaskQuery } from '../port/run-store'
import { compareText } from './compare-text'
import { sinceOf } from './commit-rules'
import type { ScopeShelf, TaskRecord } from './task-shelf'

/**
 * One page out of a scope's order. Where the query has no filter but a time, the total is read off the order;
 * with a context or a state every task of the scope that is new enough is looked at once.
 */
export function listRecords(
  shelf: ScopeShelf | undefined,
  query: TaskQuery,
  stored: (record: TaskRecord) => StoredTask,
): TaskPage {
  const since = sinceOf(query)
  if (shelf === undefined) return { tasks: [], total: 0 }
  const { order } = shelf
  const { contextId, state, after, pageSize } = query
  const bottom = since === undefined ? 0 : order.countBefore((record) => record.time < since)
  const isFiltered = contextId !== undefined || state !== undefined
  const page: TaskRecord[] = []
  let total = order.size - bottom
  let hasMore = false

  if (isFiltered) {
    total = 0
    let rest = order.size - bottom
    let isBehind = after === undefined
    order.down(order.size, (record) => {
      if (rest-- <= 0) return false
      const { task } = record
      if (contextId !== undefined && task.contextId !== contextId) return true
      if (state !== undefined && task.status.state !== state) return true
      total++
      isBehind ||= after !== undefined && isBefore(record, after)
      if (!isBehind) return true
      if (page.length < pageSize) page.push(record)
      else hasMore = true
      return true
    })
  } else {
    const top = after === undefined ? order.size : order.countBefore((record) => isBefore(record, after))
    hasMore = top - bottom > pageSize
    let rest = Math.min(top - bottom, pageSize)
    order.down(top, (record) => rest-- > 0 && page.push(record) > 0)
  }

  const last = page.at(-1)
  const result: TaskPage = { tasks: page.map(stored), total }
  if (hasMore && last !== undefined) result.next = { timestamp: last.time, taskId: last.key.taskId }
  return result
}

/** Whether a task comes before a place in ascending order. */
function isBefore(record: TaskRecord, { timestamp, taskId }: TaskCursor): boolean {
  if (record.time !== timestamp) return record.time < timestamp
  return compareText(record.key.taskId, taskId) < 0
}
