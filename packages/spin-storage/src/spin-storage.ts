// Programs that take this file without the rest of the package need the host module's types.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./host.d.ts" />
import {
  bind,
  clockPort,
  contextTurnsPort,
  conversationPort,
  defineFeature,
  keyValuePort,
  loggerPort,
  randomPort,
  runStorePort,
} from '@pf-agents/agent-core'
import { openBucket } from 'pf-host:keyvalue'
import { openOnce } from './host-bucket'
import { type BucketStoresOptions, createBucketStores } from './stores'

/** Options of {@link spinStorage}. */
export interface SpinStorageOptions extends Pick<
  BucketStoresOptions,
  'namespace' | 'keepTasks' | 'keepMessages' | 'keepContexts' | 'taskBytes' | 'contextBytes' | 'pageBytes'
> {
  /** Label of the host's store. Default `default`. */
  store?: string
}

/**
 * Keeps tasks, state and conversations in the host's key-value store, so that a task survives its request.
 * The store is opened when a request first needs it. Needs a world with compare-and-set (`spin`).
 *
 * Errors of the drivers: PF_STORE_UNAVAILABLE where the host refuses or fails; PF_STORE_FULL where too many tasks are
 * live; PF_REQUEST_TOO_LARGE where a task or a message is too large to be kept; PF_GUEST_MEMORY where the component has no
 * memory left, and then nothing is written; PF_STORE_SCHEMA where a newer version wrote a task.
 *
 * @example
 * ```ts
 * export default createApp(agent, [a2aServer(), spinStorage()])
 * ```
 */
export function spinStorage({ store = 'default', ...options }: SpinStorageOptions = {}) {
  return defineFeature({
    name: 'spin-storage',
    targets: ['wasm'],
    unavailable: {
      reason: 'it needs wasi:keyvalue',
      alternative: 'use sqliteStorage() from @pf-agents/sqlite-storage',
    },
    provides: [runStorePort, keyValuePort, conversationPort, contextTurnsPort],
    optional: [clockPort, randomPort, loggerPort],
    needs: { keyValue: [store] },
    setup({ ports }) {
      const clock = ports.find(clockPort)
      const random = ports.find(randomPort)
      const logger = ports.find(loggerPort)
      const source = openOnce(() => openBucket(store))
      const { runStore, keyValue, conversation, contextTurns } = createBucketStores(source, {
        ...options,
        ...(clock && { clock }),
        ...(random && { random }),
        ...(logger && { logger }),
      })
      return {
        ports: [
          bind(runStorePort, runStore),
          bind(keyValuePort, keyValue),
          bind(conversationPort, conversation),
          bind(contextTurnsPort, contextTurns),
        ],
      }
    },
  })
}
