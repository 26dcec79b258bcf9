import { type JsonValue, type KeyValue, type MemoryService, PfError } from '@pf-agents/agent-core'
import { KeywordIndex } from './keyword-index'
import { checkText, type MemoryLimits, memoryLimits } from './memory-limits'

/** Bounds of {@link createKeyValueMemory}. */
export interface KeyValueMemoryOptions extends MemoryLimits {
  /** Principals whose texts stay indexed in this process. Default 100. */
  maxIndexes?: number
}

interface Stored {
  version: number
  entries: { text: string; metadata?: Record<string, string> }[]
}

const version = 1
const tries = 20

/**
 * A memory that lasts, over any key-value store: one value for each principal, written by compare-and-set, found by key
 * words (BM25). The index of a principal is kept in the process and used again only where the stored revision is the one
 * it was made from, so that processes that share a store see each other's writes.
 *
 * @example
 * ```ts
 * const memory = createKeyValueMemory(keyValue, { maxEntries: 200 })
 * ```
 */
export function createKeyValueMemory(store: KeyValue, options: KeyValueMemoryOptions = {}): MemoryService {
  const { maxEntries, maxLength } = memoryLimits(options)
  const { maxIndexes = 100 } = options
  const indexes = new Map<string, { revision: string; index: KeywordIndex }>()
  const keyOf = (principalId: string): string => `pf.memory/${encodeURIComponent(principalId)}`

  return {
    async store(principalId, text, metadata) {
      const checked = checkText(text, maxLength)
      const key = keyOf(principalId)
      for (let attempt = 0; attempt < tries; attempt++) {
        const found = await store.get(key)
        const others = entriesOf(found?.value).filter((entry) => entry.text !== checked)
        const entries = [...others, { text: checked, ...(metadata && { metadata }) }].slice(-maxEntries)
        const value = { version, entries } as unknown as JsonValue
        if (await store.compareAndSet(key, found?.revision, value)) return
      }
      throw new PfError('PF_STORE_CONFLICT', 'The memory kept changing while it was written. Try again.', {
        retryable: true,
      })
    },

    async recall(principalId, query, limit) {
      const found = await store.get(keyOf(principalId))
      if (found === undefined) {
        indexes.delete(principalId)
        return []
      }
      let made = indexes.get(principalId)
      indexes.delete(principalId)
      if (made?.revision !== found.revision) {
        const index = new KeywordIndex(maxEntries)
        for (const { text } of entriesOf(found.value)) index.add(text)
        made = { revision: found.revision, index }
      }
      indexes.set(principalId, made)
      for (const oldest of indexes.keys()) {
        if (indexes.size <= maxIndexes) break
        indexes.delete(oldest)
      }
      return made.index.search(query, limit)
    },
  }
}

/** @throws PfError PF_STORE_SCHEMA */
function entriesOf(value: JsonValue | undefined): Stored['entries'] {
  if (value === undefined) return []
  const stored = value as unknown as Stored
  if (stored.version === version && Array.isArray(stored.entries)) return stored.entries
  throw new PfError(
    'PF_STORE_SCHEMA',
    `The memory was written in version ${stored.version}; this one reads version ${version}.`,
  )
}
