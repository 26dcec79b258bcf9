import { createMemoryStores } from '@pf-agents/agent-core'
import { describe, test } from 'vitest'
import { conversationSuite } from './conversation-suite'
import { keyValueSuite } from './key-value-suite'
import { outboxSuite } from './outbox-suite'
import { runStoreSuite } from './run-store-suite'
import { registerCases } from './storage-case'

describe('memory drivers', () => {
  describe('RunStore', () => registerCases(test, runStoreSuite, () => createMemoryStores()))
  describe('KeyValue', () => registerCases(test, keyValueSuite, () => createMemoryStores()))
  describe('Conversation', () => registerCases(test, conversationSuite, () => createMemoryStores()))
  describe('Outbox', () => registerCases(test, outboxSuite, () => createMemoryStores()))
})
