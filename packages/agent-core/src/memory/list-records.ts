import type { StoredTask, TaskPage, TaskQuery } from '../port/run-store'
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
  const { contextId, state, after } = query
  const bottom = since === undefined ? 0 : order.countBefore((record) => record.time < since)
  const isFiltered = contextId !== undefined || state !== undefined
  const matches = ({ task }: TaskRecord): boolean =>
    (contextId === undefined || task.contextId === contextId) && (state === undefined || task.status.state === state)

  let total = order.size - bottom
  if (isFiltered) {
    total = 0
    let rest = order.size - bottom
    order.down(order.size, (record) => {
      if (rest-- <= 0) return false
      if (matches(record)) total++
      return true
    })
  }

  const top =
    after === undefined ? order.size : order.countBefore((record) => isBefore(record, after.timestamp, after.taskId))
  const page: TaskRecord[] = []
  let hasMore = false
  let rest = top - bottom
  order.down(top, (record) => {
    if (rest-- <= 0) return false
    if (!matches(record)) return true
    if (page.length === query.pageSize) {
      hasMore = true
      return false
    }
    page.push(record)
    return true
  })

  const last = page.at(-1)
  const result: TaskPage = { tasks: page.map(stored), total }
  if (hasMore && last !== undefined) result.next = { timestamp: last.time, taskId: last.key.taskId }
  return result
}

/** Whether a task comes before a place in ascending order. */
function isBefore(record: TaskRecord, timestamp: string, taskId: string): boolean {
  if (record.time !== timestamp) return record.time < timestamp
  return compareText(record.key.taskId, taskId) < 0
}
