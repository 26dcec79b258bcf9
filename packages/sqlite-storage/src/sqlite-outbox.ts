import type { JsonObject, Outbox, OutboxEntry } from '@pf-agents/agent-core'
import type { Database } from './database'
import { type OutboxColumns, outboxColumns } from './prepared-commit'
import { fromColumn, toColumn } from './text-key'

interface Row {
  arrival: number
  id: string
  topic: string
  group_id: string
  body: string
  due_at: number
  attempts: number
}

/** Adds an entry, unless its id is there already. Runs inside of a write transaction. */
export function insertEntry(database: Database, { id, topic, group, body, dueAt, attempts }: OutboxColumns): void {
  database
    .statement(
      'INSERT INTO pf_outbox (id, topic, group_id, body, due_at, attempts) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    .run(id, topic, group, body, dueAt, attempts)
}

export function createSqliteOutbox(database: Database): Outbox {
  return {
    take: ({ topic, now, hideUntil, limit }) =>
      database.write((): OutboxEntry[] => {
        const rows = database
          .statement(
            `SELECT * FROM pf_outbox AS entry WHERE topic = ? AND due_at <= ? AND NOT EXISTS (
               SELECT 1 FROM pf_outbox AS ahead WHERE ahead.topic = entry.topic AND ahead.group_id = entry.group_id AND ahead.arrival < entry.arrival)
             ORDER BY arrival LIMIT ?`,
          )
          .all(toColumn(topic), now, Math.max(0, limit)) as unknown as Row[]
        const hide = database.statement('UPDATE pf_outbox SET due_at = ? WHERE arrival = ?')
        for (const { arrival } of rows) hide.run(hideUntil, arrival)
        return rows.map(({ id, group_id: group, body, due_at: dueAt, attempts }) => ({
          id: fromColumn(id),
          topic,
          group: fromColumn(group),
          body: JSON.parse(body) as JsonObject,
          dueAt,
          attempts,
        }))
      }),

    settle: (id) =>
      database.once(() => {
        database.statement('DELETE FROM pf_outbox WHERE id = ?').run(toColumn(id))
      }),

    postpone: (id, dueAt) =>
      database.once(() => {
        database
          .statement('UPDATE pf_outbox SET due_at = ?, attempts = attempts + 1 WHERE id = ?')
          .run(dueAt, toColumn(id))
      }),

    add: (entries) => {
      const rows = entries.map(outboxColumns)
      database.write(() => {
        for (const row of rows) insertEntry(database, row)
      })
    },

    pending: ({ topic, group, limit }) =>
      database.once(() => {
        const most = Math.max(0, limit)
        const row =
          group === undefined
            ? database
                .statement('SELECT count(*) AS owed FROM (SELECT 1 FROM pf_outbox WHERE topic = ? LIMIT ?)')
                .get(toColumn(topic), most)
            : database
                .statement(
                  'SELECT count(*) AS owed FROM (SELECT 1 FROM pf_outbox WHERE topic = ? AND group_id = ? LIMIT ?)',
                )
                .get(toColumn(topic), toColumn(group), most)
        return (row as { owed: number }).owed
      }),
  }
}
