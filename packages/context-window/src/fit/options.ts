import type { LanguageModel, ModelMessage } from '@pf-agents/agent-core'
import type { ResultStoreLimits } from '../results/result-store'
import type { TokenCounter } from '../tokens/token-counter'
import type { WeighedFile } from '../tokens/weigher'
import type { WindowStrategy } from '../window/window-strategy'

/** How results of tools are put aside. */
export interface OffloadOptions extends ResultStoreLimits {
  /** Results with fewer tokens stay where they are. Default 1,000. */
  minTokens?: number
  /** Characters of a result that stay to be seen. Default 400. */
  preview?: number
}

/** Options of {@link createContextStrategy} and of the feature. */
export interface ContextStrategyOptions {
  /** What stays where a prompt is too long. Default {@link slidingWindow}. */
  window?: WindowStrategy
  /** Whether a message stays always, with the message of the user that its turn began with. Default none does. */
  pin?: (message: ModelMessage) => boolean
  /**
   * Puts long results of tools aside where room is needed, before anything is left out: the model sees their beginning
   * and reads the rest with a tool. Needs a key-value store that lasts as long as the conversation. Default false.
   */
  offload?: boolean | OffloadOptions
  /** Counts tokens. Default the estimator. */
  counter?: TokenCounter
  /** Tokens of a file. Default 1,600 for a picture, by size for the rest. */
  fileTokens?: (file: WeighedFile) => number
  /** Tokens of prompt and answer together, where the model's profile does not tell. Default 32,000. */
  contextWindow?: number | ((model: LanguageModel) => number | undefined)
  /** Tokens kept free for the answer, where the call does not say. Default: what the model can answer, 4,096 where that is not known, a quarter of the window at most. */
  reserveTokens?: number
  /** Share of the window kept free for what counting gets wrong. Default 0.1; 0.02 with an exact counter. */
  margin?: number
  /**
   * Share of the room that a prompt has once it has been cut. The lower, the rarer the cuts, and the longer the caches of
   * the providers hold. Default 0.5.
   */
  target?: number
}
