/**
 * Anthropic. Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { createAnthropic } from './anthropic/anthropic'
export { anthropicModels } from './anthropic/models'
export type { AnthropicCallOptions, AnthropicOptions } from './anthropic/options'
