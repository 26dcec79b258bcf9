import {
  createMemoryConversation,
  type MemoryConversation,
  type MemoryConversationOptions,
} from './memory-conversation'
import { createMemoryKeyValue, type MemoryKeyValue, type MemoryKeyValueOptions } from './memory-key-value'
import { createMemoryOutbox, type MemoryOutbox, type MemoryOutboxOptions } from './memory-outbox'
import { createMemoryRunStore, type MemoryRunStore, type MemoryRunStoreOptions } from './memory-run-store'

/** Bounds of all memory drivers. */
export interface MemoryStoresOptions {
  runStore?: Omit<MemoryRunStoreOptions, 'conversation' | 'outbox'>
  keyValue?: MemoryKeyValueOptions
  conversation?: MemoryConversationOptions
  outbox?: MemoryOutboxOptions
}

/** One driver per storage port, wired to each other. */
export interface MemoryStores {
  runStore: MemoryRunStore
  keyValue: MemoryKeyValue
  conversation: MemoryConversation
  outbox: MemoryOutbox
}

/** Makes the memory drivers of all storage ports, so that the messages and deliveries of commits arrive where they are read. */
export function createMemoryStores(options: MemoryStoresOptions = {}): MemoryStores {
  const conversation = createMemoryConversation(options.conversation)
  const outbox = createMemoryOutbox(options.outbox)
  const runStore = createMemoryRunStore({ ...options.runStore, conversation, outbox })
  return { runStore, keyValue: createMemoryKeyValue(options.keyValue), conversation, outbox }
}
