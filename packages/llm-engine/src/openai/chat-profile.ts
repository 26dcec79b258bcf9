import type { JsonObject, ModelProfile, ReasoningEffort } from '@pf-agents/agent-core'

/**
 * How one server speaks OpenAI's Chat Completions: where it differs from the others, as data. Start from one that comes
 * with the package, `{ ...vllm, baseUrl }`, or write your own.
 */
export interface ChatProfile {
  /** Names the server in errors; key of its provider data and options. */
  provider: string
  /** Address up to where `/chat/completions` follows. */
  baseUrl: string
  /** How the bound on the answer is called. Default `max_tokens`. */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** Role of standing orders. Default `system`. */
  systemRole?: 'system' | 'developer'
  /** Knows `stream_options.include_usage`. Default true. */
  streamUsage?: boolean
  /** Knows `strict` on tools and schemas. Default false. */
  strict?: boolean
  /** Knows `parallel_tool_calls`. Default false. */
  parallelToolCalls?: boolean
  /** Holds answers to a schema; `object` is JSON without one, the schema is then told in the prompt. Default `schema`. */
  output?: 'schema' | 'object' | 'none'
  /** How effort is asked for: OpenAI's field, OpenRouter's object, or not at all. Default `reasoning_effort`. */
  reasoning?: 'reasoning_effort' | 'reasoning' | 'none'
  /** When thoughts go back with the history: never, for all of a turn in which tools were called, always. Default `never`. */
  echoReasoning?: 'never' | 'tool-turns' | 'always'
  /** Where thoughts go back, the field does also from an answer that had none. Default false. */
  echoEmpty?: boolean
  /** The field that thoughts go back in. Default `reasoning_content`. */
  reasoningField?: 'reasoning_content' | 'reasoning'
  /** Takes pictures and files in `content`. Default true; what other models made, where the model's profile has `inputMedia`. */
  files?: boolean
  /** Takes explicit cache marks (`prompt_cache_breakpoint`). Default false. */
  cacheMarks?: boolean
  /** What an id of a call must match; others are replaced by one made from them. Default: any. */
  toolCallId?: { pattern: RegExp; length: number }
  /** `completion_tokens` leaves out the tokens of reasoning (xAI). Default false. */
  reasoningApart?: boolean
  /** Fields of every request. */
  extraBody?: JsonObject
  /** Headers of every request. */
  extraHeaders?: Readonly<Record<string, string>>
  /** Silence allowed between two pieces, ms, where it differs from the usual. */
  idleMs?: number
  /** Default for the wait for the headers, ms, where it differs from the usual: models that are loaded first. */
  headersMs?: number
  /** Known models by the beginning of their names; the longest that fits counts. */
  models?: Readonly<Record<string, ModelProfile>>
  /** Response header with the id of the request. Default `x-request-id`. */
  requestIdHeader?: string
}

/** What OpenAI's own Chat Completions take beyond the neutral call. The fields go into the request as they are. */
export interface OpenAiChatOptions {
  prompt_cache_key?: string
  prompt_cache_options?: { mode?: 'implicit' | 'explicit'; ttl?: '30m' | '12h' }
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority'
  store?: boolean
  metadata?: Record<string, string>
  verbosity?: 'low' | 'medium' | 'high'
  logit_bias?: Record<string, number>
  reasoning_effort?: ReasoningEffort
  safety_identifier?: string
  /** Anything else. */
  [field: string]: unknown
}
