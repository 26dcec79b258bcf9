import type { CacheMark, JsonValue, ModelSettings, ModelUsage, Part } from '@pf-agents/agent-core'
import type { LoopHooks } from '../hooks/hooks'

/** What has happened when a loop is asked whether to stop. */
export interface LoopProgress {
  /** Model calls made. */
  readonly turns: number
  /** Text of the newest answer. */
  readonly text: string
  /** Its tool calls, all of them over. */
  readonly calls: readonly { name: string; arguments: JsonValue; parts: readonly Part[]; isError: boolean }[]
  /** Summed over all calls of the model. */
  readonly usage: ModelUsage
}

/** How a model loop behaves. */
export interface LoopOptions {
  /** Model calls of one loop at most; one more ends it with PF_BUDGET_EXCEEDED. `budget.turns` of the agent holds, too. Default 20. */
  maxTurns?: number
  /** Turns in a row that may have a call or an answer that can not be used, each told to the model. Default 3. */
  maxRepairs?: number
  /** Tool calls of one answer that are carried out; the others are told to the model as too many. Default 64. */
  maxCalls?: number
  /** Tool calls at a time. Default 8. */
  maxParallel?: number
  /** Milliseconds for a tool that names no `timeoutMs` of its own. Default: the run's deadline only. */
  toolTimeoutMs?: number
  /** Characters of one call's arguments; a longer one is cut off. Default 262,144. */
  maxArgumentsLength?: number
  /** Characters of one tool call's result; what is beyond is cut off. Default 1,048,576. */
  maxResultLength?: number
  /** Characters of one answer, reasoning and arguments included; a longer one fails the run. Default 4,194,304. */
  maxAnswerLength?: number
  /** Base64 characters of the files that the model makes in one answer; more fail the run. Default 8,388,608. */
  maxFileLength?: number
  /** Messages of the conversation that go into the prompt. Default 100. */
  historyLimit?: number
  /**
   * Characters of a task's tool calls and results that later tasks of the conversation are told; where they are longer,
   * results are shortened. 0 leaves only what was said. Default 65,536.
   */
  maxRememberedLength?: number
  /**
   * Base64 characters of the files made in earlier tasks of the conversation that the model is shown again, the newest
   * first; others are told by name. 0 leaves them all out. Default 4,194,304.
   */
  maxRememberedFileLength?: number
  /** Characters of what the client says of the user's surroundings (AG-UI's `context`); 0 leaves it out. Default 16,384. */
  maxClientContextLength?: number
  /** Settings of every call of the model. */
  settings?: ModelSettings
  /** Asks providers that do not do so by themselves to cache the prompt, `'long'` for longer. Default false. */
  cache?: CacheMark
  /** Guardrails, in this order. */
  hooks?: readonly LoopHooks[]
  /** Asked after the tools of a turn: `true` ends the run with what the model said last. */
  stopWhen?: (progress: LoopProgress) => boolean | Promise<boolean>
}

/** Limits where nothing else is said. */
export const defaults = {
  maxTurns: 20,
  maxRepairs: 3,
  maxCalls: 64,
  maxParallel: 8,
  maxArgumentsLength: 262_144,
  maxResultLength: 1_048_576,
  maxAnswerLength: 4_194_304,
  maxFileLength: 8_388_608,
  historyLimit: 100,
  maxRememberedLength: 65_536,
  maxRememberedFileLength: 4_194_304,
  maxClientContextLength: 16_384,
} as const
