import type { JsonObject } from '../model/json'

/** Tokens of one call, the same for all providers. Absent is "not told", which is not 0. */
export interface ModelUsage {
  /** All of the prompt, cached or not. */
  inputTokens?: number
  /** Of these, read from a cache. */
  cacheReadTokens?: number
  /** Of these, written to a cache. */
  cacheWriteTokens?: number
  /** Of those written, the ones kept for the provider's longer time. */
  cacheWriteLongTokens?: number
  /** All of the answer, reasoning included. */
  outputTokens?: number
  /** Of these, reasoning. */
  reasoningTokens?: number
  /** US dollars: what the provider says, else reckoned from the prices of the model's profile. */
  costUsd?: number
  /** The figures are not the provider's last word: the answer broke off. */
  estimated?: boolean
  /** As the provider said it. */
  raw?: JsonObject
}

/** US dollars per million tokens. */
export interface ModelPrices {
  input: number
  output: number
  /** Default: `input`. */
  cacheRead?: number
  /** Default: `input`. */
  cacheWrite?: number
  /** Default: `cacheWrite`. */
  cacheWriteLong?: number
}

/** What a model is and can, as data. */
export interface ModelProfile {
  /** Tokens of prompt and answer together. */
  contextWindow?: number
  /** Most tokens of one answer. */
  maxOutputTokens?: number
  /** Takes tools. */
  tools?: boolean
  /** Thinks before it answers. */
  reasoning?: boolean
  /** Holds its answer to a schema. */
  structuredOutput?: boolean
  /**
   * Media types of files it takes, such as `image/*`; it is told of others in words. Where it is absent, a user's files
   * go to it, those of other models only if its provider's models are known to take them.
   */
  inputMedia?: readonly string[]
  prices?: ModelPrices
  /** Prices of calls with more than so many input tokens; the highest that applies counts. */
  longPrices?: readonly { above: number; prices: ModelPrices }[]
}
