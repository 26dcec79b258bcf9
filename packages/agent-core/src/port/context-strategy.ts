import type { ModelCall, ModelTool } from '../language-model/model-call'
import type { ModelUsage } from '../language-model/model-usage'
import type { ModelMessage } from '../language-model/prompt'
import type { JsonValue } from '../model/json'
import type { RunContext } from '../runtime/run-context'
import type { LanguageModel } from './language-model'
import { port } from './port'
import type { Awaitable } from './run-store'

/** A prompt that is about to be sent to a model, and what is needed to judge its length. */
export interface ContextRequest {
  /** The whole prompt, oldest first: standing orders, the conversation so far, this run. */
  readonly messages: readonly ModelMessage[]
  /** They take room too. */
  readonly tools: readonly ModelTool[]
  /** Its profile tells the window and the longest answer, where known. */
  readonly model: LanguageModel
  /** Tokens kept free for the answer, where the caller says so. */
  readonly maxOutputTokens?: ModelCall['maxOutputTokens']
  /** What the call before this one of the same run used: the provider's own count. */
  readonly lastUsage?: ModelUsage
  /** The provider refused the prompt handed out last as too long: this one must be shorter. Default false. */
  readonly overflowed?: boolean
  /** What the strategy handed out last in this task, after a restart too; absent at first. */
  readonly state?: JsonValue
  /** Signal, budget, services, state of the conversation. */
  readonly context: RunContext
}

/** A prompt that fits. */
export interface ContextResult {
  readonly messages: readonly ModelMessage[]
  /** Handed back with the next request of this task; stored with the run's checkpoint. */
  readonly state?: JsonValue
  /** Messages left out or replaced; for the run's log. */
  readonly removed: number
}

/**
 * Makes a prompt fit its model. Called before every call of a model loop, with the whole prompt each time.
 *
 * The contract: a tool call is never parted from its result; order is kept; the first system message is kept; equal
 * requests give equal prompts, and the front of the prompt changes as rarely as it can, so that providers' caches hold.
 */
export interface ContextStrategy {
  /** Names the strategy in logs, and in `state` where another one must not read it. */
  readonly name: string
  /** @throws PfError PF_MODEL_CONTEXT_LENGTH where nothing more may be left out and it is still too long. */
  fit(request: ContextRequest): Awaitable<ContextResult>
}

/** Port of what keeps prompts within a model's window. Without a provider, prompts are sent whole. */
export const contextStrategyPort = port<ContextStrategy>('pf.context-strategy')
