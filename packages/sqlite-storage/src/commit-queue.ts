import { type CommitResult, PfError } from '@pf-agents/agent-core'
import type { Database } from './database'
import type { PreparedCommit } from './prepared-commit'
import type { WaitingEntries } from './waiting-entries'

interface Waiting {
  prepared: PreparedCommit
  resolve(result: CommitResult): void
  reject(error: unknown): void
}

type Outcome = { result: CommitResult } | { error: PfError }

/**
 * Writes the commits that come within one turn of the event loop in one transaction: its fixed cost, and with
 * `synchronous: 'full'` the flush of the disk, is paid once for all of them. Each is answered only when it is stored.
 */
export class CommitQueue {
  private readonly database: Database
  private readonly write: (prepared: PreparedCommit) => CommitResult
  /** What the commits that wait owe: whoever asks the outbox before it is written has to be told of it. */
  private readonly owed: WaitingEntries
  private waiting: Waiting[] = []

  constructor(database: Database, owed: WaitingEntries, write: (prepared: PreparedCommit) => CommitResult) {
    this.database = database
    this.owed = owed
    this.write = write
  }

  add(prepared: PreparedCommit): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ prepared, resolve, reject })
      this.owed.add(prepared.outbox)
      if (this.waiting.length === 1) setImmediate(() => this.flush())
    })
  }

  /** Writes what waits. */
  flush(): void {
    const batch = this.waiting
    this.waiting = []
    this.owed.clear()
    if (batch.length > 0) this.writeBatch(batch)
  }

  private writeBatch(batch: readonly Waiting[]): void {
    let outcomes: Outcome[]
    try {
      outcomes = this.database.write(() => batch.map(({ prepared }) => this.outcome(prepared)))
    } catch (error) {
      // One that is too big for the store must not take the others down.
      if (batch.length > 1) for (const one of batch) this.writeBatch([one])
      else batch[0]?.reject(error)
      return
    }
    for (const [index, outcome] of outcomes.entries()) {
      if ('result' in outcome) batch[index]?.resolve(outcome.result)
      else batch[index]?.reject(outcome.error)
    }
  }

  /** A commit is refused before it wrote anything, so that the others of the transaction are not touched. */
  private outcome(prepared: PreparedCommit): Outcome {
    try {
      return { result: this.write(prepared) }
    } catch (error) {
      if (PfError.is(error)) return { error }
      throw error
    }
  }
}
