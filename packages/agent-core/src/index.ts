/**
 * The words everything else uses: agents, skills, messages, tasks, events, ports, and the runtime that runs them.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { type ErrorCode, errorCodes, type SpokenCode } from './error/codes'
export { describeError } from './error/describe-error'
export { isEndOfRun, markEndOfRun } from './error/end-of-run'
export { isOutOfMemory } from './error/out-of-memory'
export { errorStatus, isErrorCode } from './error/error-status'
export { PfError, type PfErrorOptions } from './error/pf-error'
export {
  type Target,
  UnsupportedOnTargetError,
  type UnsupportedOnTarget,
  unsupportedSentence,
} from './error/unsupported-on-target-error'
export { isJsonObject, type JsonObject, type JsonValue } from './model/json'
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
export type { AnswerTime, Interrupt, InterruptAnswer, InterruptKind } from './interrupt/interrupt'
export type { Checkpoint } from './engine/checkpoint'
export { bind, type Port, port, type PortBinding, type Ports, type PortService } from './port/port'
export { type Clock, clockPort, systemClock } from './port/clock'
export { type Random, randomPort, systemRandom } from './port/random'
export { anonymous, type Principal, type Scope, type TaskKey } from './port/scope'
export {
  type Awaitable,
  type CommitResult,
  type Lease,
  type OverduePage,
  type OverdueQuery,
  type OverdueScan,
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
export { type Deliveries, deliveriesPort, type PendingCommit } from './port/deliveries'
export {
  type Outbox,
  type OutboxCount,
  type OutboxEntry,
  type OutboxGroup,
  outboxPort,
  type OutboxTake,
  outboxTurns,
} from './port/outbox'
export { type ContextTurn, type ContextTurns, contextTurnsPort, type TurnTerms } from './port/context-turns'
export { type KeyValue, type KeyValueEntry, keyValuePort } from './port/key-value'
export { type Conversation, conversationPort } from './port/conversation'
export { admitCommit, type CommitAdmission, type CommitBasis, patchFacts, sinceOf } from './memory/commit-rules'
export { compareText } from './memory/compare-text'
export { dueTime } from './memory/due-time'
export {
  createMemoryConversation,
  type MemoryConversation,
  type MemoryConversationOptions,
} from './memory/memory-conversation'
export { createMemoryKeyValue, type MemoryKeyValue, type MemoryKeyValueOptions } from './memory/memory-key-value'
export { createMemoryOutbox, type MemoryOutbox, type MemoryOutboxOptions } from './memory/memory-outbox'
export { createMemoryRunStore, type MemoryRunStore, type MemoryRunStoreOptions } from './memory/memory-run-store'
export { createMemoryStores, type MemoryStores, type MemoryStoresOptions } from './memory/memory-stores'
export { type Agent, type AgentDefinition, type AgentProvider, type BudgetLimits, defineAgent } from './agent/agent'
export {
  mergeNeeds,
  type Needs,
  type OptionalSecret,
  type ResolvedNeeds,
  secret,
  type SecretReference,
  type VariableNeed,
} from './agent/needs'
export { checkOutbound, matchesOutbound, type OutboundRule, parseOutbound } from './agent/outbound'
export {
  defineSkill,
  type Handler,
  type HandlerEnd,
  type HandlerResult,
  type Skill,
  type SkillDefinition,
} from './agent/skill'
export { checkSkillScopes, missingScopes } from './agent/skill-scopes'
export { type AgentEngine, agentEnginePort, type EngineRun } from './engine/agent-engine'
export { checkTargets, missing as missingPort, orderFeatures, PortMap } from './feature/assemble'
export {
  type AnyFeature,
  defineFeature,
  type Feature,
  type FeatureContext,
  type FeatureDefinition,
  type FeatureMiddleware,
  type FeatureRoute,
  type FeatureSetup,
  type HostInfo,
  type RequestInfo,
  type ServedAgent,
} from './feature/feature'
export type { RunsOn } from './feature/target-check'
export { consoleLogger } from './port/console-logger'
export {
  contextStrategyPort,
  type ContextRequest,
  type ContextResult,
  type ContextStrategy,
} from './port/context-strategy'
export type { LanguageModel } from './port/language-model'
export {
  type Llm,
  type LlmData,
  llmPort,
  type LlmRequest,
  type LlmResult,
  type LlmService,
  type ModelSettings,
} from './port/llm'
export type {
  ModelCall,
  ModelHost,
  ModelOutput,
  ModelTimeouts,
  ModelTool,
  ModelToolChoice,
  ReasoningEffort,
} from './language-model/model-call'
export type { ModelPrices, ModelProfile, ModelUsage } from './language-model/model-usage'
export type {
  CacheMark,
  ModelAssistantMessage,
  ModelAssistantPart,
  ModelFilePart,
  ModelMessage,
  ModelOpaquePart,
  ModelReasoningPart,
  ModelSystemMessage,
  ModelTextPart,
  ModelToolCallPart,
  ModelToolMessage,
  ModelToolResultPart,
  ModelUserMessage,
  ModelUserPart,
  ProviderData,
} from './language-model/prompt'
export type {
  ModelFallback,
  ModelFinish,
  ModelFinishReason,
  ModelReasoningStream,
  ModelResponseStart,
  ModelRetry,
  ModelStreamPart,
  ModelTextStream,
  ModelToolCallStream,
} from './language-model/stream-part'
export { type RemoteAgent, type RemoteAgents, remoteAgentsPort, type RemoteCallOptions } from './port/remote-agent'
export {
  type AuthService,
  authServicePort,
  type Background,
  backgroundPort,
  type HttpClient,
  httpClientPort,
  type Logger,
  loggerPort,
  type LogLevel,
  type MemoryService,
  memoryPort,
  type RunStreams,
  runStreamsPort,
  type Span,
  type Telemetry,
  telemetryPort,
  toolSourcesPort,
  type TraceContext,
  type Variables,
  variablesPort,
} from './port/services'
export { ThrownReply } from './reply/thrown-reply'
export { type ArtifactInput, type InputRequest, isReply, type Reply, reply } from './reply/reply'
export { type AbortSource, followSource } from './runtime/abort-source'
export type {
  AgentRuntime,
  Caller,
  ClientTool,
  ListInput,
  RunOutcome,
  Submission,
  SubmitInput,
} from './runtime/agent-runtime'
export { Budget } from './runtime/budget'
export { createContextTurns, type TurnOutcome, type TurnStore } from './runtime/context-turns'
export { createRuntime } from './runtime/create-runtime'
export { errorMetadataKey } from './runtime/failure'
export type { RuntimeOptions } from './runtime/options'
export { skillExtensionUri } from './runtime/routing'
export type { ContextState, RunContext, TaskState as TaskStateValues } from './runtime/run-context'
export type { ConcurrencyPolicy } from './runtime/turns'
export {
  compileSchema,
  type CompiledSchema,
  type JsonSchema,
  jsonSchema,
  type Schema,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
} from './schema/schema'
export {
  isStandardSchema,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
} from './schema/standard-schema'
export {
  defineTool,
  isSuspension,
  suspend,
  type Suspension,
  type Tool,
  type ToolCall,
  type ToolResult,
  type ToolSource,
} from './tool/tool'
