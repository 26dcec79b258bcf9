/**
 * The engine of agents with a model: the loop of calls and tools, with approvals, structured output, guardrails and
 * budgets. And what it stands on: one answer at a time, streamed or whole, usage, cost, and other models to fall back
 * on. The clients are entries of their own, so that a bundle holds only those it uses.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { ModelError, type ModelErrorCode, type ModelFailure } from './error/model-error'
export type { ApiKey } from './model/api-key'
export { createFallbackModel, type FallbackOptions } from './model/fallback-model'
export type { ModelOptions } from './model/model-options'
export { generate } from './reply/generate'
export { createReplyCollector, type ModelReply, type ReplyCollector } from './reply/reply'
export { costOf, sumUsage } from './usage/cost'
export { llmEngine, type LlmEngineOptions } from './engine/llm-engine'
export { finishMetadataKey } from './engine/engine'
export type { AnswerToCheck, Block, CallToCheck, LoopHooks, PromptToCheck, ResultToCheck, Verdict } from './hooks/hooks'
export type { LoopOptions, LoopProgress } from './loop/options'
