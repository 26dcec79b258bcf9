import type { JsonObject } from '../model/json'
import type { Clock } from '../port/clock'
import type { Random } from '../port/random'
import type { Variables } from '../port/services'
import type { CacheMark, ModelMessage } from './prompt'

/** A tool as a model sees it. */
export interface ModelTool {
  /** Any name; where the provider's rule is narrower, the call is made under a name that fits and comes back under this. */
  name: string
  description?: string
  /** JSON Schema of the arguments; its root is an object. */
  parameters: JsonObject
  /** Asks the provider to hold the model to the schema, where it can and the schema allows. Default false. */
  strict?: boolean
  cache?: CacheMark
}

/** Which tools the model may or must call. `{ allowed }` narrows the choice and leaves the list, and the cache, alone. */
export type ModelToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | { tool: string }
  | { allowed: readonly string[]; required?: boolean }

/** How hard a model thinks. Which of them there are differs from model to model. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** The JSON that the answer must be. */
export interface ModelOutput {
  /** JSON Schema; its root is an object. */
  schema: JsonObject
  /** Letters, digits, `_` and `-`. Default `output`. */
  name?: string
  description?: string
}

/** How long a call may take. Milliseconds; a value here goes before the model's own. `Infinity` lifts a limit. */
export interface ModelTimeouts {
  /** From the request to the headers of the response. Default 30,000. */
  headersMs?: number | undefined
  /** From the headers to the first output. Default 120,000; 300,000 where the call or the model reasons. */
  firstOutputMs?: number | undefined
  /** Between two pieces of the response; comments and pings count. Default 60,000. */
  idleMs?: number | undefined
  /** The whole call, attempts and waits together. Default none. */
  totalMs?: number | undefined
}

/** What a call uses of its host. Each defaults to the host's own. In a run: the run's guarded `fetch` and its variables. */
export interface ModelHost {
  fetch?: ((input: string, init?: RequestInit) => Promise<Response>) | undefined
  /** Where keys given as `secret(name)` are looked up. */
  variables?: Variables | undefined
  clock?: Clock | undefined
  random?: Random | undefined
}

/** One call of a model. What a provider does not know is left out, with a warning in `response-start`. */
export interface ModelCall {
  messages: readonly ModelMessage[]
  tools?: readonly ModelTool[]
  /** Default `auto`. */
  toolChoice?: ModelToolChoice
  /** Whether one answer may have several calls. Default: the provider's. */
  parallelToolCalls?: boolean
  /** Asks for JSON of a schema, by the provider's own means. Check the answer all the same. */
  output?: ModelOutput
  /** Tokens, reasoning included. Default: the provider's; where it has none, the model's profile, else 4,096. */
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  presencePenalty?: number
  frequencyPenalty?: number
  stopSequences?: readonly string[]
  seed?: number
  reasoning?: {
    effort?: ReasoningEffort
    /** Tokens for thinking, where the provider counts them. */
    budgetTokens?: number
    /** Whether what it thinks, or a summary of it, is sent along. Default true where the provider lets one choose. */
    show?: boolean
  }
  /** Anything a provider alone has, by provider name; the drivers export the types. Goes into the request as it is. */
  providerOptions?: { readonly [provider: string]: object | undefined }
  /** More headers of the request. */
  headers?: Readonly<Record<string, string>>
  timeouts?: ModelTimeouts
  /** Attempts in all before the first output. Default: the model's, 3. */
  attempts?: number
  signal?: AbortSignal | undefined
  host?: ModelHost | undefined
}
