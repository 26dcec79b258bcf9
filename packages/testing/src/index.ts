/**
 * A mock model, recorded HTTP, and conformance suites for storage drivers; free of any test framework, so that they also
 * run inside a component.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export type {
  Cassette,
  Fetch,
  RecordedBytes,
  RecordedExchange,
  RecordedOutcome,
  RecordedRequest,
} from './http/cassette'
export { type FetchRecorder, recordFetch, type RecordFetchOptions } from './http/record-fetch'
export type { RedactOptions } from './http/redact'
export { type FetchReplay, replayFetch, type ReplayFetchOptions } from './http/replay-fetch'
export { type MockModel, mockModel, type MockModelOptions } from './model/mock-model'
export type { MockToolCall, MockTurn, MockTurnResult, MockTurnSource } from './model/mock-turn'
export { CaseFailure } from './storage/assert'
export { conversationSuite } from './storage/conversation-suite'
export { keyValueSuite } from './storage/key-value-suite'
export { outboxSuite } from './storage/outbox-suite'
export { runStoreSuite } from './storage/run-store-suite'
export {
  type Closable,
  type ConversationDriver,
  type KeyValueDriver,
  type MakeDriver,
  type OutboxDriver,
  registerCases,
  type RunStoreDriver,
  type StorageCase,
} from './storage/storage-case'
