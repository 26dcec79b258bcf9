import { basename } from 'node:path'
import { PfError } from '@pf-agents/agent-core'

/** Primary result codes of SQLite, with what to do. */
const remedies: { [code: number]: { what: string; retryAfterMs?: number } } = {
  5: {
    what: 'another process holds its write lock for too long. Try again, or raise busyTimeoutMs',
    retryAfterMs: 1_000,
  },
  6: { what: 'another connection of this process holds a lock. Try again', retryAfterMs: 1_000 },
  8: { what: 'it is read-only. Make the file and its directory writable for this process' },
  10: { what: 'reading or writing it failed. Look at the disk' },
  11: { what: 'it is damaged. Restore a backup, or move the file away to begin with an empty one' },
  13: { what: 'there is no room left on the disk, or the file may not grow. Make room', retryAfterMs: 10_000 },
  14: { what: 'it can not be opened. Make sure that its directory exists and may be written to' },
  18: { what: 'a value is too big for it. Store less in one task' },
  23: { what: 'access to it was denied. Look at the permissions of the file and its directory' },
  26: { what: 'it is no SQLite database. Move the file away, or give another path' },
}

interface SqliteError {
  errcode: number
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && typeof (error as Partial<SqliteError>).errcode === 'number'
}

/** What a caller is told where SQLite failed: PF_STORE_UNAVAILABLE with what to do. Other errors stay what they are. */
export function storeError(error: unknown, file: string): unknown {
  if (PfError.is(error) || !isSqliteError(error)) return error
  // Extended codes carry the primary one in their lowest byte.
  const { what, retryAfterMs } = remedies[error.errcode & 0xff] ?? { what: 'SQLite failed; the cause says how' }
  return new PfError('PF_STORE_UNAVAILABLE', `The database ${basename(file)} could not be used: ${what}.`, {
    cause: error,
    details: { sqliteCode: error.errcode },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
