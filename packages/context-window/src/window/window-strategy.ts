import type { ModelMessage, Needs, RunContext } from '@pf-agents/agent-core'
import type { Step } from '../history/step'

/** What a summary is to be made of. */
export interface SummaryRequest {
  /** What is left out, oldest first. */
  readonly messages: readonly ModelMessage[]
  /** What stood for messages that were left out earlier; the new summary stands for them, too. */
  readonly previous?: string | undefined
  readonly context: RunContext
  /** Keeps a summary for later tasks of the conversation, where the run can not go on with it: its budget is used up. */
  keep?(summary: string): Promise<void>
}

/**
 * Decides what stays where a prompt is too long.
 *
 * @example
 * ```ts
 * // What the user said, and what has to stay.
 * const usersOnly: WindowStrategy = {
 *   name: 'users-only',
 *   keep: (steps) => steps.flatMap(({ role }, at) => (role === 'user' ? [at] : [])),
 * }
 * ```
 */
export interface WindowStrategy {
  /** Names it in what is remembered: another one does not go on with that. */
  readonly name: string
  /** What it needs of the host. */
  readonly needs?: Needs
  /**
   * The indices of the steps that stay. Called only where a prompt is too long, with a target well below the window, so
   * that it is not called again soon. Steps that are `fixed` stay in any case.
   * @param room tokens that all that stays may have together, the fixed steps included
   */
  keep(steps: readonly Step[], room: number): Iterable<number>
  /** What stands for messages that are left out; `undefined` where nothing could be made, and why is in the log. */
  summarize?(request: SummaryRequest): Promise<string | undefined>
  /** Tokens kept free for what `summarize` gives; longer ones are cut. Default 800. */
  readonly summaryTokens?: number
}
