import type { JsonValue, KeyValue } from '@pf-agents/agent-core'
import type { Database } from './database'
import { fromColumn, toColumn } from './text-key'

/** Random rather than counted, so that a revision never comes back, even where a key is deleted and made again. */
const newRevision = 'lower(hex(randomblob(12)))'

export function createSqliteKeyValue(database: Database): KeyValue {
  return {
    get: (key) =>
      database.once(() => {
        const row = database.statement('SELECT revision, body FROM pf_value WHERE key = ?').get(toColumn(key)) as
          | { revision: string; body: string }
          | undefined
        return row && { value: JSON.parse(row.body) as JsonValue, revision: row.revision }
      }),

    set: (key, value) =>
      database.once(() => {
        database
          .statement(
            `INSERT INTO pf_value (key, revision, body) VALUES (?, ${newRevision}, ?)
             ON CONFLICT DO UPDATE SET revision = excluded.revision, body = excluded.body`,
          )
          .run(toColumn(key), JSON.stringify(value))
      }),

    delete: (key) =>
      database.once(() => {
        database.statement('DELETE FROM pf_value WHERE key = ?').run(toColumn(key))
      }),

    compareAndSet: (key, revision, value) =>
      database.once(() => {
        const column = toColumn(key)
        const body = JSON.stringify(value)
        const { changes } =
          revision === undefined
            ? database
                .statement(
                  `INSERT INTO pf_value (key, revision, body) VALUES (?, ${newRevision}, ?) ON CONFLICT DO NOTHING`,
                )
                .run(column, body)
            : database
                .statement(`UPDATE pf_value SET revision = ${newRevision}, body = ? WHERE key = ? AND revision = ?`)
                .run(body, column, revision)
        return Number(changes) > 0
      }),

    keys: (prefix, { limit = 1_000, after } = {}) =>
      database.once(() => {
        const found: string[] = []
        const start = toColumn(prefix)
        const behind = after === undefined ? undefined : toColumn(after)
        // Not LIKE or GLOB, whose patterns a prefix may contain: in the order of the keys, those with the prefix stand together.
        const rows = database
          .statement('SELECT key FROM pf_value WHERE key >= ?1 AND (?2 IS NULL OR key > ?2) ORDER BY key LIMIT ?3')
          .all(start, behind ?? null, Math.max(0, limit)) as unknown as { key: string }[]
        for (const { key } of rows) {
          if (!key.startsWith(start)) break
          found.push(fromColumn(key))
        }
        return found
      }),
  }
}
