/**
 * The words everything else uses: agents, skills, messages, tasks, events, ports, and the runtime that runs them.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { type ErrorCode, errorCodes } from './error/codes'
export { PfError, type PfErrorOptions } from './error/pf-error'
export { type Target, UnsupportedOnTargetError, type UnsupportedOnTarget, unsupportedSentence } from './error/unsupported-on-target-error'
export type { JsonObject, JsonValue } from './model/json'
export { type IncomingMessage, incomingMessage, type Message, type Role } from './model/message'
export { type DataPart, dataOf, type Part, type RawPart, type TextPart, textOf, type UrlPart } from './model/part'
export type { Artifact, Task, TaskStatus } from './model/task'
export { isActive, isInterrupted, isTerminal, type TaskState, type TerminalState } from './model/task-state'
export { applyEvent, snapshotTask } from './event/reducer'
export type {
  ArtifactEvent,
  CustomEvent,
  InterruptEvent,
  JsonPatchOperation,
  MessageEvent,
  MetadataEvent,
  ReasoningEvent,
  RunEvent,
  StateEvent,
  StatusEvent,
  StepEvent,
  StoredEvent,
  TextEvent,
  ToolEvent,
  UsageEvent,
} from './event/run-event'
export { addUsage, type Usage } from './event/usage'
export type { Interrupt, InterruptAnswer, InterruptKind } from './interrupt/interrupt'
export type { Checkpoint } from './engine/checkpoint'
export { bind, type Port, port, type PortBinding, type Ports, type PortService } from './port/port'
export { type Clock, clockPort, systemClock } from './port/clock'
export { type Random, randomPort, systemRandom } from './port/random'
export { anonymous, type Principal, type Scope, type TaskKey } from './port/scope'
export {
  type Awaitable,
  type CommitResult,
  type Lease,
  type RunCommit,
  type RunStore,
  runStorePort,
  type StoredTask,
  type TaskCursor,
  type TaskFacts,
  type TaskHead,
  type TaskPage,
  type TaskQuery,
} from './port/run-store'
export { type Outbox, type OutboxEntry, outboxPort } from './port/outbox'
export { type KeyValue, type KeyValueEntry, keyValuePort } from './port/key-value'
export { type Conversation, conversationPort } from './port/conversation'
