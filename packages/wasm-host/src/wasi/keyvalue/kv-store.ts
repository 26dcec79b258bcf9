/**
 * The key-value entries of one app on disk: one SQLite file, shared by all workers of the host (and of a second host
 * on the same directory). Calls are synchronous and short; writes that read first run in `BEGIN IMMEDIATE`.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** Keys under this first segment die with the instance that set them, see {@link KvStore.forget}. */
export const LEASE_PREFIX = 'lease/'

/** `PRAGMA user_version` of the layout below. */
const SCHEMA_VERSION = 1
const BUSY_MS = 10_000

export class KvStore {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    // busy_timeout first: switching to WAL takes a lock, and several workers open a new file at once.
    this.#db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`)
    this.transaction(() => {
      const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() as { user_version: number }
      if (version > SCHEMA_VERSION) throw new Error(`${file} was written by a newer version of the host (layout ${version}, this one knows ${SCHEMA_VERSION})`)
      if (version === SCHEMA_VERSION) return
      this.#db.exec(`CREATE TABLE entries (bucket TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, owner TEXT, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
        CREATE INDEX entries_owner ON entries (owner) WHERE owner IS NOT NULL;
        PRAGMA user_version = ${SCHEMA_VERSION}`)
    })
  }

  get(bucket: string, key: string): Uint8Array | undefined {
    const row = this.#prepare('SELECT value FROM entries WHERE bucket = ? AND key = ?').get(bucket, key) as { value: Uint8Array } | undefined
    return row?.value
  }

  /** `owner` names the instance that sets the entry; it is kept only for leases. */
  set(bucket: string, key: string, value: Uint8Array, owner: string): void {
    this.#prepare(
      'INSERT INTO entries (bucket, key, value, owner) VALUES (?, ?, ?, ?) ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value, owner = excluded.owner',
    ).run(bucket, key, value, key.startsWith(LEASE_PREFIX) ? owner : null)
  }

  delete(bucket: string, key: string): void {
    this.#prepare('DELETE FROM entries WHERE bucket = ? AND key = ?').run(bucket, key)
  }

  /** Up to `limit` keys after `after`, in byte order. */
  keys(bucket: string, after: string | undefined, limit: number): string[] {
    const rows =
      after === undefined
        ? this.#prepare('SELECT key FROM entries WHERE bucket = ? ORDER BY key LIMIT ?').all(bucket, limit)
        : this.#prepare('SELECT key FROM entries WHERE bucket = ? AND key > ? ORDER BY key LIMIT ?').all(bucket, after, limit)
    return (rows as { key: string }[]).map(({ key }) => key)
  }

  /** Writes `value` when the entry still is `expected` (undefined: still absent). */
  compareAndSet(bucket: string, key: string, expected: Uint8Array | undefined, value: Uint8Array, owner: string): boolean {
    const lease = key.startsWith(LEASE_PREFIX) ? owner : null
    const result = expected
      ? this.#prepare('UPDATE entries SET value = ?, owner = ? WHERE bucket = ? AND key = ? AND value = ?').run(value, lease, bucket, key, expected)
      : this.#prepare('INSERT INTO entries (bucket, key, value, owner) VALUES (?, ?, ?, ?) ON CONFLICT (bucket, key) DO NOTHING').run(bucket, key, value, lease)
    return result.changes === 1
  }

  /** Leases die with their instance: deletes every `lease/` entry, in any bucket, that `owner` was the last to set. */
  forget(owner: string): number {
    return Number(this.#prepare('DELETE FROM entries WHERE owner = ?').run(owner).changes)
  }

  transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}
