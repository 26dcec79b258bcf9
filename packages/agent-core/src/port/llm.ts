import type { LanguageModel } from './language-model'
import type { ModelCall } from '../language-model/model-call'
import type { ModelUsage } from '../language-model/model-usage'
import type { ModelMessage } from '../language-model/prompt'
import type { JsonValue } from '../model/json'
import type { Part } from '../model/part'
import type { RunContext } from '../runtime/run-context'
import type { Schema, SchemaOutput } from '../schema/schema'
import type { Tool } from '../tool/tool'
import { port } from './port'

/** What of a model's call is the caller's choice; the rest is the loop's. */
export type ModelSettings = Pick<
  ModelCall,
  | 'maxOutputTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'stopSequences'
  | 'seed'
  | 'reasoning'
  | 'toolChoice'
  | 'parallelToolCalls'
  | 'providerOptions'
  | 'headers'
  | 'timeouts'
  | 'attempts'
>

/** What a handler asks a model loop to do. */
export interface LlmRequest<S extends Schema | undefined = undefined> {
  /** What the model is told. Default: the run's own message, behind its conversation. */
  prompt?: string | readonly Part[] | undefined
  /** A whole prompt instead of `prompt`, oldest message first. */
  messages?: readonly ModelMessage[] | undefined
  /** Standing orders. Default: the agent's, and those of the skill that runs. */
  instructions?: string | undefined
  /** Default: the agent's. The hosts of another one have to stand in the agent's `needs.outbound`. */
  model?: LanguageModel | undefined
  /** What the model may call. Default: the agent's tools and those of installed tool sources. */
  tools?: readonly Tool[] | undefined
  /** Schema of the answer; then `data` has it, checked. */
  output?: S
  /** Model calls at most; one more ends this request, with PF_BUDGET_EXCEEDED. Default: the engine's. */
  maxTurns?: number | undefined
  settings?: ModelSettings | undefined
  /** Whether text is streamed to the caller as it comes. Default false: it is the handler's to use. */
  stream?: boolean | undefined
  /**
   * Names the request among those of the same handler or tool call. A handler runs again from its start after an answer:
   * a request that was over gives the same result again, one that waited goes on. Without a key they are told apart by
   * what they ask, the text of the message aside.
   */
  key?: string | undefined
}

/** What came of it. */
export interface LlmResult<T = undefined> {
  /** Text of the last answer. */
  text: string
  /** The answer as the schema has it; `undefined` without one. */
  data: T
  /** Pictures and other files of the last answer, to be put into a reply as they are. With `stream`, they were told already. */
  files: readonly Part[]
  /** Summed over all calls. */
  usage: ModelUsage
  /** Model calls made. */
  turns: number
}

/** The data that a request for a schema gives. */
export type LlmData<S> = S extends Schema ? (unknown extends SchemaOutput<S> ? JsonValue : SchemaOutput<S>) : undefined

/** The model loop, for handlers: `ctx.llm`. */
export interface Llm {
  /**
   * Runs the loop and waits for its answer. Where a tool needs an approval or an answer, the task waits for it, the
   * handler runs again from its start then, and this goes on where it was. Requests side by side come to their end or
   * their questions first, and are asked about together.
   *
   * @throws PfError PF_CONFIG_INVALID where there is no model, a tool asks with a context from outside, or it can't be
   * told which request this is; PF_BUDGET_EXCEEDED, PF_TOOL_CALL_INVALID,
   * PF_OUTPUT_INVALID, PF_MODEL_…
   * @throws ThrownReply where the run has to wait: let it pass
   * @example
   * ```ts
   * const { data } = await ctx.llm.run({
   *   prompt: `Which city is meant? ${text}`,
   *   output: jsonSchema<{ city: string }>({
   *     type: 'object', properties: { city: { type: 'string' } }, required: ['city'],
   *   }),
   * })
   * ```
   */
  run<const S extends Schema | undefined = undefined>(request?: LlmRequest<S>): Promise<LlmResult<LlmData<S>>>
}

/** Makes {@link Llm}s. Provided by llm-engine. */
export interface LlmService {
  for(context: RunContext): Llm
  /**
   * A handler or tool call ended by itself, not by what its requests threw. Where it waits for an answer it runs again, so
   * requests that are still under way come to their end or their questions first; else those that wait are reported.
   */
  settle?(context: RunContext, waits: boolean): Promise<void> | undefined
}

/** Port of the model loop for handlers. */
export const llmPort = port<LlmService>('pf.llm')
