/**
 * Keeps prompts within a model's window: what stays is the newest, what matters most, or the newest and a summary; long
 * results are put aside. And memory across conversations. Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { contextWindow, type ContextWindowOptions } from './context-window'
export { createContextStrategy } from './fit/create-context-strategy'
export type { ContextStrategyOptions, OffloadOptions } from './fit/options'
export type { Step } from './history/step'
export { conversationMemory, type ConversationMemoryOptions } from './memory/conversation-memory'
export { createKeyValueMemory, type KeyValueMemoryOptions } from './memory/key-value-memory'
export { createKeywordMemory, type KeywordMemoryOptions } from './memory/keyword-memory'
export type { MemoryLimits } from './memory/memory-limits'
export { memoryOwner } from './memory/memory-tools'
export { readToolResult } from './results/read-result-tool'
export type { ResultStoreLimits } from './results/result-store'
export { createTokenEstimator } from './tokens/estimator'
export type { TokenCounter } from './tokens/token-counter'
export type { WeighedFile } from './tokens/weigher'
export { priorityWindow, type PriorityWindowOptions } from './window/priority-window'
export { slidingWindow } from './window/sliding-window'
export { summarizingWindow, type SummarizingWindowOptions } from './window/summarizing-window'
export type { SummaryRequest, WindowStrategy } from './window/window-strategy'
