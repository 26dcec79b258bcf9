import { PfError, ThrownReply } from '@pf-agents/agent-core'

/** Whether what a tool threw is a reply from inside. Anything can be thrown, also what can not be looked at. */
export function isThrownReply(error: unknown): error is ThrownReply {
  return looked(() => ThrownReply.is(error) && typeof error.reply === 'object' && error.reply !== null) === true
}

/** Whether what a tool threw ends the run: a budget that is used up, or a loop of its own whose state can't be read. */
export function endsRun(error: unknown): boolean {
  return looked(() => PfError.is(error, 'PF_BUDGET_EXCEEDED') || PfError.is(error, 'PF_CHECKPOINT_SCHEMA')) === true
}

/** What went wrong, in words. */
export function messageOf(error: unknown): string {
  return looked(() => String(error instanceof Error ? error.message : error)) ?? 'It threw something that has no text.'
}

function looked<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
