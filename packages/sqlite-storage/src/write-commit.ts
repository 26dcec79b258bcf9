import { admitCommit, type CommitAdmission, type CommitResult, isTerminal } from '@pf-agents/agent-core'
import type { Database } from './database'
import type { Messages } from './messages'
import type { PreparedCommit } from './prepared-commit'
import { insertEntry } from './sqlite-outbox'
import { findRow, leaseOf, readTask, type TaskRow } from './task-rows'

/** Events behind the snapshot after which the store folds them in itself, so that a load stays short. */
const maxUnfolded = 1_024

/**
 * Writes one commit. Runs inside of a write transaction; everything it may refuse, it refuses before it writes.
 * @throws PfError PF_STORE_CONFLICT, PF_LEASE_LOST, PF_INTERNAL
 */
export function writeCommit(
  database: Database,
  messages: Messages,
  prepared: PreparedCommit,
  now: number,
): CommitResult {
  const row = findRow(database, prepared.key)
  const admission = admitCommit(
    prepared.commit,
    row && { version: row.version, lease: leaseOf(row), lastToken: row.last_token },
  )
  const lastSeq = (row?.last_seq ?? 0) + prepared.eventCount
  const id =
    row === undefined
      ? insertTask(database, prepared, admission, lastSeq, now)
      : updateTask(database, row, prepared, admission, lastSeq, now)
  if (prepared.eventCount > 0)
    database
      .statement('INSERT INTO pf_events (task, last_seq, body) VALUES (?, ?, ?)')
      .run(id, lastSeq, prepared.events)
  if (row !== undefined && prepared.snapshot === undefined && lastSeq - row.snapshot_seq > maxUnfolded) {
    writeSnapshot(database, { ...row, last_seq: lastSeq })
  }
  if (prepared.messages.length > 0) {
    const { tenant, principal } = prepared.key
    const contextId = row === undefined ? (prepared.contextId ?? '') : contextOf(database, row.id)
    messages.append({ tenant, principal, contextId }, prepared.messages, now)
  }
  for (const entry of prepared.outbox) insertEntry(database, entry)
  const result: CommitResult = { version: admission.version, lastSeq }
  if (admission.leaseToken !== undefined) result.leaseToken = admission.leaseToken
  return result
}

function endOf({ status }: PreparedCommit, now: number): number | null {
  return status !== undefined && isTerminal(status.state) ? now : null
}

function insertTask(
  database: Database,
  prepared: PreparedCommit,
  admission: CommitAdmission,
  lastSeq: number,
  now: number,
): number {
  const { key, contextId = '', create = '', snapshot, status } = prepared
  const { lease, lastToken, version } = admission
  const { lastInsertRowid } = database
    .statement(
      `INSERT INTO pf_task (tenant, principal, task_id, context_id, state, status_at, version, last_seq, snapshot_seq, trimmed_seq, last_token, lease_token, lease_until, ended_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)`,
    )
    .run(
      key.tenant,
      key.principal,
      key.taskId,
      contextId,
      status?.state ?? '',
      status?.timestamp ?? '',
      version,
      lastSeq,
      snapshot === undefined ? 0 : lastSeq,
      lastToken,
      lease?.token ?? null,
      lease?.expiresAt ?? null,
      endOf(prepared, now),
    )
  const id = Number(lastInsertRowid)
  database.statement('INSERT INTO pf_snapshot (task, body) VALUES (?, ?)').run(id, snapshot ?? create)
  database.statement(`INSERT INTO pf_fact (task, name, body) VALUES (?, '', ?)`).run(id, prepared.facts)
  return id
}

function updateTask(
  database: Database,
  row: TaskRow,
  prepared: PreparedCommit,
  admission: CommitAdmission,
  lastSeq: number,
  now: number,
): number {
  const { lease, lastToken, version } = admission
  const { status, snapshot } = prepared
  const snapshotSeq = snapshot === undefined ? row.snapshot_seq : lastSeq
  const columns = ['version', 'last_seq', 'snapshot_seq', 'last_token']
  const values: (string | number | null)[] = [version, lastSeq, snapshotSeq, lastToken]
  // Naming an indexed column in an update rewrites its indices, changed or not.
  if ((lease?.token ?? null) !== row.lease_token || (lease?.expiresAt ?? null) !== row.lease_until) {
    columns.push('lease_token', 'lease_until')
    values.push(lease?.token ?? null, lease?.expiresAt ?? null)
  }
  if (status !== undefined) {
    columns.push('state', 'status_at', 'ended_at')
    values.push(status.state, status.timestamp, endOf(prepared, now))
  }
  const set = columns.map((column) => `${column} = ?`).join(', ')
  database.statement(`UPDATE pf_task SET ${set} WHERE id = ?`).run(...values, row.id)
  if (snapshot !== undefined) database.statement('UPDATE pf_snapshot SET body = ? WHERE task = ?').run(snapshot, row.id)
  for (const [name, body] of prepared.factPatch) {
    database
      .statement(
        'INSERT INTO pf_fact (task, name, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
      )
      .run(row.id, name, body)
  }
  return row.id
}

/** Makes the stored snapshot the task as of the row's newest event. Runs inside of a write transaction. */
export function writeSnapshot(database: Database, row: TaskRow): void {
  database
    .statement('UPDATE pf_snapshot SET body = ? WHERE task = ?')
    .run(JSON.stringify(readTask(database, row)), row.id)
  database.statement('UPDATE pf_task SET snapshot_seq = ? WHERE id = ?').run(row.last_seq, row.id)
}

function contextOf(database: Database, id: number): string {
  return (database.statement('SELECT context_id FROM pf_task WHERE id = ?').get(id) as { context_id: string })
    .context_id
}
