import type { MemoryService } from '@pf-agents/agent-core'
import { KeywordIndex } from './keyword-index'
import { checkText, type MemoryLimits, memoryLimits } from './memory-limits'

/** Bounds of {@link createKeywordMemory}. */
export interface KeywordMemoryOptions extends MemoryLimits {
  /** Principals that have a memory; the one that used it longest ago loses it first. Default 1,000. */
  maxPrincipals?: number
}

/**
 * A memory in this process, within bounds, found by key words (BM25). Gone with the process: in a component, with the
 * request.
 *
 * @example
 * ```ts
 * const memory = createKeywordMemory({ maxEntries: 100 })
 * await memory.store('ines', 'Ines is allergic to nuts.')
 * await memory.recall('ines', 'any allergies?', 3) // []: not the same word
 * await memory.recall('ines', 'allergic to what', 3)
 * ```
 */
export function createKeywordMemory(options: KeywordMemoryOptions = {}): MemoryService {
  const { maxEntries, maxLength } = memoryLimits(options)
  const { maxPrincipals = 1_000 } = options
  const indexes = new Map<string, KeywordIndex>()

  /** The index of a principal, as the one used last. */
  function touch(principalId: string): KeywordIndex | undefined {
    const index = indexes.get(principalId)
    if (index === undefined) return undefined
    indexes.delete(principalId)
    indexes.set(principalId, index)
    return index
  }

  return {
    store(principalId, text) {
      const checked = checkText(text, maxLength)
      let index = touch(principalId)
      if (index === undefined) {
        index = new KeywordIndex(maxEntries)
        indexes.set(principalId, index)
      }
      index.add(checked)
      for (const oldest of indexes.keys()) {
        if (indexes.size <= maxPrincipals) break
        indexes.delete(oldest)
      }
    },
    recall: (principalId, query, limit) => touch(principalId)?.search(query, limit) ?? [],
  }
}
