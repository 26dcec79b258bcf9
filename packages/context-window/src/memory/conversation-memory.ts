import { bind, defineFeature, keyValuePort, type MemoryService, memoryPort } from '@pf-agents/agent-core'
import { createKeyValueMemory, type KeyValueMemoryOptions } from './key-value-memory'
import { memoryTools } from './memory-tools'

/** Options of {@link conversationMemory}. */
export interface ConversationMemoryOptions extends KeyValueMemoryOptions {
  /** Where texts are kept. Default: the app's key-value store. */
  memory?: MemoryService
  /** Whether models get the tools `remember` and `recall`. Default true. */
  tools?: boolean
}

/**
 * What an agent remembers of a principal across conversations: the port `memoryPort`, and tools for the model. Nobody
 * recalls what belongs to another principal.
 *
 * @example
 * ```ts
 * const app = createApp(agent, [llmEngine(), conversationMemory({ maxEntries: 200 })])
 * ```
 */
export const conversationMemory = ({ memory, tools = true, ...options }: ConversationMemoryOptions = {}) =>
  defineFeature({
    name: 'conversation-memory',
    targets: ['node', 'wasm'],
    provides: [memoryPort],
    requires: memory === undefined ? [keyValuePort] : [],
    ...(memory === undefined && { needs: { keyValue: true } }),
    setup: ({ ports }) => ({
      ports: [bind(memoryPort, memory ?? createKeyValueMemory(ports.get(keyValuePort), options))],
      ...(tools && { tools: [{ name: 'conversation-memory', tools: memoryTools }] }),
    }),
  })
