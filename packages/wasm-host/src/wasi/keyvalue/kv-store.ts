/**
 * The key-value entries of one app on disk: one SQLite file, shared by all workers of the host (and of a second host
 * on the same directory). Calls are synchronous and short; writes that read first run in `BEGIN IMMEDIATE`.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { PfError } from '@pf-agents/agent-core'

/** Keys under this first segment die with the instance that set them, see {@link KvStore.forget}. */
const LEASE_PREFIX = 'lease/'

/** Whether an entry goes with the instance that made it, should that end abnormally. */
export function isLease(key: string): boolean {
  return key.startsWith(LEASE_PREFIX)
}

/** `PRAGMA user_version` of the layout below. */
const SCHEMA_VERSION = 2
const BUSY_MS = 10_000
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damaged: ReadonlySet<number> = new Set([11, 26])

/** Loaded when a store is opened: Node 22 says of it that it is experimental, which concerns nobody without a store. */
function databaseClass(): typeof DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite') | undefined
  if (sqlite) return sqlite.DatabaseSync
  throw new PfError(
    'PF_STORE_UNAVAILABLE',
    `This Node (${process.versions.node}) was built or started without node:sqlite, which keeps key-value stores. Use another one, or grant no store (stores: []).`,
  )
}

export class KvStore {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** @throws PfError PF_STORE_UNAVAILABLE, with the file and what to do, where it can not be opened or is no store */
  constructor(file: string) {
    const Database = databaseClass()
    let db: DatabaseSync | undefined
    try {
      this.#db = db = new Database(file)
      this.#open(file)
    } catch (cause) {
      db?.close()
      if (PfError.is(cause)) throw cause
      const { message, errcode } = cause as Error & { errcode?: number }
      const advice = damaged.has((errcode ?? 0) & 0xff)
        ? 'Put a good copy in its place, or move it away to begin with empty stores.'
        : 'This user must be able to read and write it, and the directory it is in.'
      throw new PfError('PF_STORE_UNAVAILABLE', `The key-value data ${file} can not be used: ${message}. ${advice}`, {
        cause,
      })
    }
  }

  #open(file: string): void {
    // busy_timeout first: switching to WAL takes a lock, and several workers open a new file at once.
    this.#db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`)
    this.transaction(() => {
      const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() as { user_version: number }
      if (version > SCHEMA_VERSION)
        throw new PfError(
          'PF_STORE_SCHEMA',
          `${file} was written by a newer version of the host (layout ${version}, this one knows ${SCHEMA_VERSION}). Use that one, or another data directory.`,
        )
      if (version === SCHEMA_VERSION) return
      if (version < 1) {
        this.#db
          .exec(`CREATE TABLE entries (bucket TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, owner TEXT, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
          CREATE INDEX entries_owner ON entries (owner) WHERE owner IS NOT NULL`)
      }
      this.#db.exec(
        `CREATE TABLE runs (run TEXT PRIMARY KEY, machine TEXT NOT NULL, pid INTEGER NOT NULL) WITHOUT ROWID; PRAGMA user_version = ${SCHEMA_VERSION}`,
      )
    })
  }

  get(bucket: string, key: string): Uint8Array | undefined {
    const row = this.#prepare('SELECT value FROM entries WHERE bucket = ? AND key = ?').get(bucket, key) as
      | { value: Uint8Array }
      | undefined
    return row?.value
  }

  /** `owner` names the instance that sets the entry; it is kept only for leases. */
  set(bucket: string, key: string, value: Uint8Array, owner: string): void {
    this.#prepare(
      'INSERT INTO entries (bucket, key, value, owner) VALUES (?, ?, ?, ?) ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value, owner = excluded.owner',
    ).run(bucket, key, value, isLease(key) ? owner : null)
  }

  delete(bucket: string, key: string): void {
    this.#prepare('DELETE FROM entries WHERE bucket = ? AND key = ?').run(bucket, key)
  }

  /** Up to `limit` keys after `after`, in byte order. */
  keys(bucket: string, after: string | undefined, limit: number): string[] {
    const rows =
      after === undefined
        ? this.#prepare('SELECT key FROM entries WHERE bucket = ? ORDER BY key LIMIT ?').all(bucket, limit)
        : this.#prepare('SELECT key FROM entries WHERE bucket = ? AND key > ? ORDER BY key LIMIT ?').all(
            bucket,
            after,
            limit,
          )
    return (rows as { key: string }[]).map(({ key }) => key)
  }

  /** Writes `value` when the entry still is `expected` (undefined: still absent). */
  compareAndSet(
    bucket: string,
    key: string,
    expected: Uint8Array | undefined,
    value: Uint8Array,
    owner: string,
  ): boolean {
    const lease = isLease(key) ? owner : null
    const result = expected
      ? this.#prepare('UPDATE entries SET value = ?, owner = ? WHERE bucket = ? AND key = ? AND value = ?').run(
          value,
          lease,
          bucket,
          key,
          expected,
        )
      : this.#prepare(
          'INSERT INTO entries (bucket, key, value, owner) VALUES (?, ?, ?, ?) ON CONFLICT (bucket, key) DO NOTHING',
        ).run(bucket, key, value, lease)
    return result.changes === 1
  }

  /** Leases die with their instance: deletes every `lease/` entry, in any bucket, that `owner` was the last to set. */
  forget(owner: string): number {
    return Number(this.#prepare('DELETE FROM entries WHERE owner = ?').run(owner).changes)
  }

  /**
   * Enters a run of a host (owners are `<run>/<request>`), and ends the runs of hosts that were killed: their instances
   * died with them, so their leases do.
   */
  beginRun(run: string): void {
    const machine = hostname()
    this.transaction(() => {
      const rows = this.#prepare('SELECT run, pid FROM runs WHERE machine = ?').all(machine) as {
        run: string
        pid: number
      }[]
      for (const row of rows) if (!isAlive(row)) this.endRun(row.run)
      this.#prepare('INSERT INTO runs (run, machine, pid) VALUES (?, ?, ?)').run(run, machine, process.pid)
    })
    ownRuns.add(run)
  }

  /** Leaves a run; leases its instances still hold go with it. */
  endRun(run: string): void {
    // '0' is the character after '/': a range, so that the index serves it.
    this.#prepare("DELETE FROM entries WHERE owner > ? || '/' AND owner < ? || '0'").run(run, run)
    this.#prepare('DELETE FROM runs WHERE run = ?').run(run)
    ownRuns.delete(run)
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

/** Runs of this process. A process id alone says little: in a container every host may be number 1. */
const ownRuns = new Set<string>()

function isAlive({ run, pid }: { run: string; pid: number }): boolean {
  if (pid === process.pid) return ownRuns.has(run)
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Whether a process has ended and only waits for its parent to ask how; it still has its number. */
function isZombie(pid: number): boolean {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    // Not Linux, or gone since: its number is what is known.
    return false
  }
  // `pid (name) state …`; a name may have any character in it.
  const state = stat.charAt(stat.lastIndexOf(')') + 2)
  return state === 'Z' || state === 'X'
}
