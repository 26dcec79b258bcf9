import type { Database } from './database'
import type { SqliteOptions } from './options'
import { taskColumns, type TaskRow } from './task-rows'
import { writeSnapshot } from './write-commit'

/** Commits between two sweeps, and how much of each kind one sweep takes, so that none takes long. */
const sweepEvery = 128
const sweepSize = 256

/** What is kept how long. */
export type RetentionOptions = Required<Pick<SqliteOptions, 'keepEventsMs'>> &
  Pick<SqliteOptions, 'keepTasksMs' | 'keepMessagesMs'>

/** Removes what is past its time, a little at a time, along with the commits that make it grow. */
export class Retention {
  private readonly database: Database
  private readonly options: RetentionOptions
  private commits = 0

  constructor(database: Database, options: RetentionOptions) {
    this.database = database
    this.options = options
  }

  /** Counts commits, and sweeps every now and then. Runs inside of their transaction. */
  afterCommit(now: number): void {
    if (++this.commits % sweepEvery === 0) this.sweep(now)
  }

  /** Removes up to {@link sweepSize} of each kind. Runs inside of a write transaction. Returns how many were removed. */
  sweep(now: number): number {
    const { keepEventsMs, keepTasksMs, keepMessagesMs } = this.options
    let count = this.trimEvents(now - keepEventsMs)
    if (keepTasksMs !== undefined) count += this.removeTasks(now - keepTasksMs)
    if (keepMessagesMs !== undefined) count += this.removeMessages(now - keepMessagesMs)
    return count
  }

  private trimEvents(until: number): number {
    const rows = this.database
      .statement(
        `SELECT ${taskColumns} FROM pf_task WHERE ended_at IS NOT NULL AND trimmed_seq < last_seq AND ended_at <= ? LIMIT ?`,
      )
      .all(until, sweepSize) as unknown as TaskRow[]
    for (const row of rows) {
      if (row.snapshot_seq < row.last_seq) writeSnapshot(this.database, row)
      this.database.statement('DELETE FROM pf_events WHERE task = ?').run(row.id)
      this.database.statement('UPDATE pf_task SET trimmed_seq = last_seq WHERE id = ?').run(row.id)
    }
    return rows.length
  }

  private removeTasks(until: number): number {
    // In two steps, as each has an index of its own: those whose events were trimmed, and those whose events stay longer.
    const ids = this.database
      .statement(
        `SELECT id FROM (SELECT id FROM pf_task WHERE ended_at IS NOT NULL AND trimmed_seq >= last_seq AND ended_at <= ?1 LIMIT ?2)
         UNION ALL SELECT id FROM (SELECT id FROM pf_task WHERE ended_at IS NOT NULL AND trimmed_seq < last_seq AND ended_at <= ?1 LIMIT ?2)`,
      )
      .all(until, sweepSize) as unknown as { id: number }[]
    for (const { id } of ids) {
      this.database.statement('DELETE FROM pf_events WHERE task = ?').run(id)
      this.database.statement('DELETE FROM pf_snapshot WHERE task = ?').run(id)
      this.database.statement('DELETE FROM pf_fact WHERE task = ?').run(id)
      this.database.statement('DELETE FROM pf_task WHERE id = ?').run(id)
    }
    return ids.length
  }

  /** Messages are numbered in the order of their time. */
  private removeMessages(until: number): number {
    const rows = this.database
      .statement('SELECT id, added_at FROM pf_message ORDER BY id LIMIT ?')
      .all(sweepSize) as unknown as {
      id: number
      added_at: number
    }[]
    const last = rows.findLast(({ added_at: addedAt }) => addedAt <= until)
    if (last === undefined) return 0
    return Number(this.database.statement('DELETE FROM pf_message WHERE id <= ?').run(last.id).changes)
  }
}
