import {
  applyEvent,
  type Lease,
  type RunEvent,
  type StoredTask,
  type Task,
  type TaskFacts,
  type TaskKey,
  type TaskState,
} from '@pf-agents/agent-core'
import type { Database } from './database'
import type { KeyColumns } from './prepared-commit'
import { fromColumn } from './text-key'

/** A row of pf_task. */
export interface TaskRow {
  id: number
  tenant: string
  principal: string
  task_id: string
  state: TaskState
  status_at: string
  version: number
  last_seq: number
  snapshot_seq: number
  trimmed_seq: number
  last_token: number
  lease_token: number | null
  lease_until: number | null
}

/** Columns of {@link TaskRow}. */
export const taskColumns =
  'id, tenant, principal, task_id, state, status_at, version, last_seq, snapshot_seq, trimmed_seq, last_token, lease_token, lease_until'

export function findRow(database: Database, { tenant, principal, taskId }: KeyColumns): TaskRow | undefined {
  return database
    .statement(`SELECT ${taskColumns} FROM pf_task WHERE tenant = ? AND principal = ? AND task_id = ?`)
    .get(tenant, principal, taskId) as TaskRow | undefined
}

export function keyOf({
  tenant,
  principal,
  task_id: taskId,
}: Pick<TaskRow, 'tenant' | 'principal' | 'task_id'>): TaskKey {
  return { tenant: fromColumn(tenant), principalId: fromColumn(principal), taskId: fromColumn(taskId) }
}

export function leaseOf({
  lease_token: token,
  lease_until: until,
}: Pick<TaskRow, 'lease_token' | 'lease_until'>): Lease | undefined {
  return token === null || until === null ? undefined : { token, expiresAt: until }
}

/** The task of a row with all its events folded in. Runs inside of a transaction. */
export function readTask(database: Database, { id, snapshot_seq: snapshotSeq, last_seq: lastSeq }: TaskRow): Task {
  const { body } = database.statement('SELECT body FROM pf_snapshot WHERE task = ?').get(id) as { body: string }
  const task = JSON.parse(body) as Task
  if (snapshotSeq === lastSeq) return task
  const batches = database
    .statement('SELECT body FROM pf_events WHERE task = ? AND last_seq > ? ORDER BY last_seq')
    .all(id, snapshotSeq)
  for (const batch of batches as unknown as { body: string }[]) {
    for (const event of JSON.parse(batch.body) as RunEvent[]) applyEvent(task, event)
  }
  return task
}

function readFacts(database: Database, id: number): TaskFacts {
  const rows = database.statement('SELECT name, body FROM pf_fact WHERE task = ? ORDER BY name').all(id) as unknown as {
    name: string
    body: string | null
  }[]
  let facts: { [name: string]: unknown } = {}
  for (const { name, body } of rows) {
    if (name === '') facts = JSON.parse(body as string) as typeof facts
    else if (body === null) delete facts[name]
    else facts[name] = JSON.parse(body)
  }
  return facts as unknown as TaskFacts
}

/** The row with everything that belongs to it. Runs inside of a transaction. */
export function readStored(database: Database, row: TaskRow): StoredTask {
  const lease = leaseOf(row)
  return {
    key: keyOf(row),
    task: readTask(database, row),
    facts: readFacts(database, row.id),
    version: row.version,
    lastSeq: row.last_seq,
    ...(lease && { lease }),
  }
}
