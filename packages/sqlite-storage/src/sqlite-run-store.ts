import {
  type CommitResult,
  type Lease,
  type OverduePage,
  type OverdueQuery,
  type OverdueScan,
  type RunEvent,
  type RunStore,
  type Scope,
  type StoredEvent,
  sinceOf,
  type TaskKey,
  type TaskPage,
  type TaskQuery,
} from '@pf-agents/agent-core'
import { CommitQueue } from './commit-queue'
import type { Database } from './database'
import type { Messages } from './messages'
import { keyColumns, prepareCommit } from './prepared-commit'
import type { Retention } from './retention'
import { findRow, keyOf, leaseOf, readStored, taskColumns, type TaskRow } from './task-rows'
import { toColumn, fromColumn } from './text-key'
import type { WaitingEntries } from './waiting-entries'
import { writeCommit } from './write-commit'

/** What the run store is made of. */
export interface SqliteRunStoreParts {
  database: Database
  messages: Messages
  retention: Retention
  /** Where the outbox looks for what commits owe that are not written yet. */
  waiting: WaitingEntries
  now: () => number
}

/** A run store, and how to write out what waits before the database is closed. */
export interface SqliteRunStore extends RunStore {
  flush(): void
}

export function createSqliteRunStore(parts: SqliteRunStoreParts): SqliteRunStore {
  const { database, messages, retention, waiting, now } = parts
  const queue = new CommitQueue(database, waiting, (prepared): CommitResult => {
    const time = now()
    const result = writeCommit(database, messages, prepared, time)
    retention.afterCommit(time)
    return result
  })

  return {
    hasEventLog: true,

    commit: (commit) => queue.add(prepareCommit(commit)),

    flush: () => queue.flush(),

    load: (key) =>
      database.read(() => {
        const row = findRow(database, keyColumns(key))
        return row && readStored(database, row)
      }),

    head: (key) =>
      database.once(() => {
        const row = findRow(database, keyColumns(key))
        if (row === undefined) return undefined
        const lease = leaseOf(row)
        return { version: row.version, state: row.state, ...(lease && { lease }) }
      }),

    list: (query) => database.read(() => listTasks(database, query)),

    overdue: (query) => database.once(() => overdueOfTenant(database, query)),

    read: (key, fromSeq, limit = 1_000) =>
      database.read(() => {
        const row = findRow(database, keyColumns(key))
        return row && readEvents(database, row, Math.max(1, fromSeq), limit)
      }),

    claim: (key, { now: at, expiresAt }) =>
      database.write((): Lease | undefined => {
        const row = findRow(database, keyColumns(key))
        if (row === undefined) return undefined
        const held = leaseOf(row)
        if (held !== undefined && held.expiresAt > at) return undefined
        const token = row.last_token + 1
        database
          .statement('UPDATE pf_task SET last_token = ?1, lease_token = ?1, lease_until = ?2 WHERE id = ?3')
          .run(token, expiresAt, row.id)
        return { token, expiresAt }
      }),

    renew: (key, token, expiresAt) =>
      database.once(() => {
        const { tenant, principal, taskId } = keyColumns(key)
        const { changes } = database
          .statement(
            'UPDATE pf_task SET lease_until = ? WHERE tenant = ? AND principal = ? AND task_id = ? AND lease_token = ?',
          )
          .run(expiresAt, tenant, principal, taskId, token)
        return Number(changes) > 0
      }),

    release: (key, token) =>
      database.once(() => {
        const { tenant, principal, taskId } = keyColumns(key)
        database
          .statement(
            'UPDATE pf_task SET lease_token = NULL, lease_until = NULL WHERE tenant = ? AND principal = ? AND task_id = ? AND lease_token = ?',
          )
          .run(tenant, principal, taskId, token)
      }),
  }
}

function readEvents(database: Database, row: TaskRow, fromSeq: number, limit: number): StoredEvent[] | undefined {
  if (fromSeq <= row.trimmed_seq) return undefined
  const events: StoredEvent[] = []
  const statement = database.statement(
    'SELECT last_seq, body FROM pf_events WHERE task = ? AND last_seq >= ? ORDER BY last_seq',
  )
  for (const batch of statement.iterate(row.id, fromSeq) as Iterable<unknown> as Iterable<{
    last_seq: number
    body: string
  }>) {
    if (events.length === limit) break
    const contents = JSON.parse(batch.body) as RunEvent[]
    const firstSeq = batch.last_seq - contents.length + 1
    for (const [index, event] of contents.entries()) {
      const seq = firstSeq + index
      if (seq >= fromSeq && events.length < limit) events.push({ seq, event })
    }
  }
  return events
}

function listTasks(database: Database, query: TaskQuery): TaskPage {
  const { scope, contextId, state, after, pageSize } = query
  const since = sinceOf(query)
  const where = ['tenant = ?', 'principal = ?']
  const values: (string | number)[] = [toColumn(scope.tenant), toColumn(scope.principalId)]
  const filter = (condition: string, ...parameters: string[]): void => {
    where.push(condition)
    values.push(...parameters)
  }
  if (contextId !== undefined) filter('context_id = ?', toColumn(contextId))
  if (state !== undefined) filter('state = ?', state)
  if (since !== undefined) filter('status_at >= ?', since)
  const { total } = database
    .statement(`SELECT count(*) AS total FROM pf_task WHERE ${where.join(' AND ')}`)
    .get(...values) as { total: number }
  if (after !== undefined) filter('(status_at, task_id) < (?, ?)', after.timestamp, toColumn(after.taskId))
  const rows = database
    .statement(
      `SELECT ${taskColumns} FROM pf_task WHERE ${where.join(' AND ')} ORDER BY status_at DESC, task_id DESC LIMIT ?`,
    )
    .all(...values, pageSize + 1) as unknown as TaskRow[]
  const page = rows.slice(0, pageSize)
  const last = page.at(-1)
  const next =
    rows.length > page.length && last !== undefined
      ? { timestamp: last.status_at, taskId: fromColumn(last.task_id) }
      : undefined
  const overdue = query.overdue === undefined ? [] : overdueTasks(database, query.overdue, scope)
  return {
    tasks: page.map((row) => readStored(database, row)),
    total,
    ...(next && { next }),
    ...(overdue.length > 0 && { overdue }),
  }
}

/** What is overdue in a scope, longest first. */
function overdueTasks(database: Database, { now, limit }: OverdueQuery, scope: Scope): TaskKey[] {
  const rows = database
    .statement(
      'SELECT tenant, principal, task_id FROM pf_task WHERE tenant = ? AND principal = ? AND due_at <= ? ORDER BY due_at, task_id LIMIT ?',
    )
    .all(toColumn(scope.tenant), toColumn(scope.principalId), now, limit)
  return (rows as unknown as Pick<TaskRow, 'tenant' | 'principal' | 'task_id'>[]).map(keyOf)
}

/** What is overdue in all scopes of a tenant: an index of its own, for what other tenants have there is not to be read over. */
function overdueOfTenant(database: Database, { tenant, now, limit, after }: OverdueScan): OverduePage {
  const [dueAt, id] = after === undefined ? [Number.MIN_SAFE_INTEGER, 0] : (JSON.parse(after) as [number, number])
  const rows = database
    .statement(
      `SELECT id, due_at, tenant, principal, task_id FROM pf_task
       WHERE tenant = ? AND due_at <= ? AND (due_at, id) > (?, ?) ORDER BY due_at, id LIMIT ?`,
    )
    .all(toColumn(tenant), now, dueAt, id, limit + 1) as unknown as (TaskRow & { due_at: number })[]
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = last !== undefined && rows.length > limit ? JSON.stringify([last.due_at, last.id]) : undefined
  return { tasks: page.map(keyOf), ...(next !== undefined && { next }) }
}
