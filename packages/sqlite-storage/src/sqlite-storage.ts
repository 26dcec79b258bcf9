import { bind, conversationPort, defineFeature, keyValuePort, outboxPort, runStorePort } from '@pf-agents/agent-core'
import type { SqliteOptions } from './options'
import { createSqliteStores } from './sqlite-stores'

/**
 * Keeps tasks, state, conversations and owed deliveries in one SQLite file, so that they survive the process.
 * The file is opened when the app is created, and closed with it. Several processes on one machine may share it.
 *
 * @throws PfError PF_STORE_UNAVAILABLE at creation where the file can't be used; PF_STORE_SCHEMA where a newer version
 * wrote it.
 *
 * @example
 * ```ts
 * const app = createApp(agent, [a2aServer(), sqliteStorage({ file: 'agent.db' })])
 * ```
 */
export function sqliteStorage(options: SqliteOptions) {
  return defineFeature({
    name: 'sqlite-storage',
    targets: ['node'],
    unavailable: {
      reason: 'it needs node:sqlite and a file system',
      alternative: 'use spinStorage() from @pf-agents/spin-storage',
    },
    provides: [runStorePort, keyValuePort, conversationPort, outboxPort],
    setup() {
      const stores = createSqliteStores(options)
      return {
        ports: [
          bind(runStorePort, stores.runStore),
          bind(keyValuePort, stores.keyValue),
          bind(conversationPort, stores.conversation),
          bind(outboxPort, stores.outbox),
        ],
        health: async () => void (await stores.keyValue.get('pf.health')),
        close: () => stores.close(),
      }
    },
  })
}
