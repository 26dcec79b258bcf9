import type { Conversation, KeyValue, Outbox, RunStore } from '@pf-agents/agent-core'
import { Database } from './database'
import { Messages } from './messages'
import type { SqliteOptions } from './options'
import { Retention } from './retention'
import { createSqliteKeyValue } from './sqlite-key-value'
import { createSqliteOutbox } from './sqlite-outbox'
import { createSqliteRunStore } from './sqlite-run-store'
import { toColumn } from './text-key'
import { WaitingEntries } from './waiting-entries'

/** One driver per storage port, over one connection. */
export interface SqliteStores {
  readonly runStore: RunStore
  readonly keyValue: KeyValue
  readonly conversation: Conversation
  readonly outbox: Outbox
  /** Writes out what waits and closes the file. Calls after it fail with PF_STORE_UNAVAILABLE. */
  close(): void
}

/**
 * Opens a database file and gives its drivers. Several processes may use one file at once.
 *
 * @throws PfError PF_STORE_UNAVAILABLE where the file can't be used, with what to do;
 * PF_STORE_SCHEMA where a newer version wrote it.
 *
 * @example
 * ```ts
 * const stores = createSqliteStores({ file: 'agent.db' })
 * const task = await stores.runStore.load({ tenant: '', principalId: 'anonymous', taskId })
 * stores.close()
 * ```
 */
export function createSqliteStores(options: SqliteOptions): SqliteStores {
  const { clock = { now: () => Date.now() }, maxMessages = 10_000, keepEventsMs = 3_600_000 } = options
  const now = (): number => clock.now()
  const database = new Database(options)
  const messages = new Messages(database, maxMessages)
  const retention = new Retention(database, { ...options, keepEventsMs })
  const waiting = new WaitingEntries()
  const runStore = createSqliteRunStore({ database, messages, retention, waiting, now })
  return {
    runStore,
    keyValue: createSqliteKeyValue(database),
    conversation: {
      append: (scope, contextId, list) => {
        if (list.length === 0) return
        const texts = list.map((message) => JSON.stringify(message))
        database.write(() =>
          messages.append(
            { tenant: toColumn(scope.tenant), principal: toColumn(scope.principalId), contextId: toColumn(contextId) },
            texts,
            now(),
          ),
        )
      },
      read: (scope, contextId, { limit = 100 } = {}) =>
        database.once(() =>
          messages.read(
            { tenant: toColumn(scope.tenant), principal: toColumn(scope.principalId), contextId: toColumn(contextId) },
            Math.max(0, limit),
          ),
        ),
    },
    outbox: createSqliteOutbox(database, waiting),
    close: () => {
      runStore.flush()
      database.close()
    },
  }
}
