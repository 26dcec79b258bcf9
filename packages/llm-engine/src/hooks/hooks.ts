import type {
  Awaitable,
  JsonValue,
  ModelFilePart,
  ModelFinish,
  ModelMessage,
  ModelTool,
  ModelToolCallPart,
  ModelUsage,
  Part,
  RunContext,
} from '@pf-agents/agent-core'

/** Stops here, for this reason: a model call ends the run as rejected, a tool call is answered to the model with it. */
export interface Block {
  block: string
}

/** What a hook says: nothing lets it pass, a block stops it, anything else is what goes on instead. */
export type Verdict<Rewrite> = Awaitable<Rewrite | Block | undefined | void>

/** A prompt that is about to be sent. */
export interface PromptToCheck {
  readonly messages: readonly ModelMessage[]
  readonly tools: readonly ModelTool[]
  /** Model calls made before. */
  readonly turns: number
  readonly context: RunContext
}

/** An answer, before anybody else sees it. */
export interface AnswerToCheck {
  readonly text: string
  /** What the model thought aloud. */
  readonly reasoning: string
  /** Pictures and other files that the model made. A rewrite leaves them as they are; only a block stops them. */
  readonly files: readonly ModelFilePart[]
  readonly toolCalls: readonly ModelToolCallPart[]
  readonly finish: ModelFinish
  readonly usage: ModelUsage
  readonly context: RunContext
}

/** A call that is about to be made, its arguments checked. */
export interface CallToCheck {
  readonly toolCallId: string
  readonly name: string
  readonly arguments: JsonValue
  readonly context: RunContext
}

/** What came of a call, before the model sees it. */
export interface ResultToCheck extends CallToCheck {
  readonly parts: readonly Part[]
  readonly isError: boolean
}

/**
 * Guardrails around model and tools. What a hook throws fails the run. With an `afterModel`, text, reasoning, files and
 * calls are held back until the answer is whole and was let pass.
 *
 * @example
 * ```ts
 * const noKeys: LoopHooks = {
 *   afterModel: ({ text }) => (/sk-[a-z0-9]{20}/.test(text) ? { text: text.replace(/sk-[a-z0-9]{20,}/g, '[key]') } : undefined),
 *   beforeTool: ({ name }) => (name === 'delete_all' ? { block: 'Not from here.' } : undefined),
 * }
 * ```
 */
export interface LoopHooks {
  /** Before every call of the model. A rewrite holds for this call, not for the history. */
  beforeModel?(prompt: PromptToCheck): Verdict<{ messages: readonly ModelMessage[] }>
  /**
   * After every answer. A rewrite replaces its text for everybody, the history too; of its reasoning people are shown
   * what the rewrite has of it, nothing by default.
   */
  afterModel?(answer: AnswerToCheck): Verdict<{ text: string; reasoning?: string }>
  /** Before a tool call, and before its approval is asked; once per call. Rewritten arguments are checked again. */
  beforeTool?(call: CallToCheck): Verdict<{ arguments: JsonValue }>
  /** After a tool call, the client's own included. */
  afterTool?(result: ResultToCheck): Verdict<{ parts: readonly Part[]; isError?: boolean }>
}

/** Asks the hooks in turn, each about what the one before left. */
export function askHooks<Rewrite extends object>(
  hooks: readonly LoopHooks[],
  ask: (hook: LoopHooks, rewrite: Rewrite | undefined) => Verdict<Rewrite> | undefined,
): Awaitable<Rewrite | Block | undefined> {
  return hooks.length === 0 ? undefined : askAll(hooks, ask)
}

async function askAll<Rewrite extends object>(
  hooks: readonly LoopHooks[],
  ask: (hook: LoopHooks, rewrite: Rewrite | undefined) => Verdict<Rewrite> | undefined,
): Promise<Rewrite | Block | undefined> {
  let rewrite: Rewrite | undefined
  for (const hook of hooks) {
    const verdict = await ask(hook, rewrite)
    if (verdict === undefined) continue
    if ('block' in verdict) return verdict
    rewrite = verdict
  }
  return rewrite
}

/** Whether a verdict stops. */
export function isBlock(verdict: object | undefined): verdict is Block {
  return verdict !== undefined && 'block' in verdict
}
