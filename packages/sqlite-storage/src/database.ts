import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { PfError } from '@pf-agents/agent-core'
import type { SqliteOptions } from './options'
import { migrate } from './schema'
import { storeError } from './store-errors'

/** One connection: prepared statements, transactions, and errors that say what to do. */
export class Database {
  private readonly file: string
  private readonly connection: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()
  private isClosed = false

  constructor(options: SqliteOptions) {
    this.file = options.file
    this.connection = this.guard(() => open(options))
  }

  /** The prepared form of a statement; each is prepared once. */
  statement(sql: string): StatementSync {
    let statement = this.statements.get(sql)
    if (statement === undefined) this.statements.set(sql, (statement = this.connection.prepare(sql)))
    return statement
  }

  /** Runs a single statement, which is a transaction of its own. */
  once<T>(work: () => T): T {
    return this.guard(work)
  }

  /** Runs work that only reads, all of it on one state of the database. */
  read<T>(work: () => T): T {
    return this.transaction('BEGIN', work)
  }

  /** Runs work that writes, alone among all processes; all of it is stored, or nothing. */
  write<T>(work: () => T): T {
    return this.transaction('BEGIN IMMEDIATE', work)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.statements.clear()
    this.connection.close()
  }

  private transaction<T>(begin: string, work: () => T): T {
    return this.guard(() => {
      // Taking the write lock at once, not at the first write: only so does the busy timeout apply.
      this.statement(begin).run()
      try {
        const result = work()
        this.statement('COMMIT').run()
        return result
      } catch (error) {
        // Some errors, such as a full disk, have rolled back already.
        if (this.connection.isTransaction) this.statement('ROLLBACK').run()
        throw error
      }
    })
  }

  private guard<T>(work: () => T): T {
    if (this.isClosed)
      throw new PfError('PF_STORE_UNAVAILABLE', 'The store was closed. Use it only until the app is closed.')
    try {
      return work()
    } catch (error) {
      throw storeError(error, this.file)
    }
  }
}

function open({ file, busyTimeoutMs = 5_000, synchronous = 'normal' }: SqliteOptions): DatabaseSync {
  // `timeout` is the busy timeout. It comes before everything else: switching to WAL takes a lock,
  // which of several processes that open a new file at once all but one wait for.
  const connection = new DatabaseSync(file, { timeout: busyTimeoutMs })
  try {
    connection.exec('PRAGMA journal_mode = WAL')
    connection.exec(`PRAGMA synchronous = ${synchronous === 'full' ? 'FULL' : 'NORMAL'}`)
    // A long reader can let the log grow; this gives the room back afterwards.
    connection.exec('PRAGMA journal_size_limit = 67108864')
    migrate(connection)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}
