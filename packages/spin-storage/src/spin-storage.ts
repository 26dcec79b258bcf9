import {
  bind,
  conversationPort,
  defineFeature,
  keyValuePort,
  randomPort,
  runStorePort,
  systemRandom,
} from '@pf-agents/agent-core'
import { openBucket } from 'pf-host:keyvalue'
import { openOnce } from './host-bucket'
import { createBucketStores } from './stores'

/** Options of {@link spinStorage}. */
export interface SpinStorageOptions {
  /** Label of the host's store. Default `default`. */
  store?: string
  /** Tasks that are over and kept, for each principal. Default 1,000. */
  keepTasks?: number
  /** Messages kept of each context. Default 100. */
  keepMessages?: number
}

/**
 * Keeps tasks, state and conversations in the host's key-value store, so that a task survives its request.
 * The store is opened when a request first needs it.
 *
 * @example
 * ```ts
 * export default createApp(agent, [a2aServer(), spinStorage()])
 * ```
 */
export function spinStorage({ store = 'default', ...bounds }: SpinStorageOptions = {}) {
  return defineFeature({
    name: 'spin-storage',
    targets: ['wasm'],
    unavailable: {
      reason: 'it needs wasi:keyvalue',
      alternative: 'use sqliteStorage() from @pf-agents/sqlite-storage',
    },
    provides: [runStorePort, keyValuePort, conversationPort],
    optional: [randomPort],
    needs: { keyValue: [store] },
    setup({ ports }) {
      const stores = createBucketStores(
        openOnce(() => openBucket(store)),
        { random: ports.find(randomPort) ?? systemRandom, ...bounds },
      )
      return {
        ports: [
          bind(runStorePort, stores.runStore),
          bind(keyValuePort, stores.keyValue),
          bind(conversationPort, stores.conversation),
        ],
      }
    },
  })
}
