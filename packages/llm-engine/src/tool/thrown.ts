import { PfError, type RunContext, ThrownReply } from '@pf-agents/agent-core'

/** Whether what a tool threw is a reply from inside. Anything can be thrown, also what can not be looked at. */
export function isThrownReply(error: unknown): error is ThrownReply {
  return looked(() => ThrownReply.is(error) && typeof error.reply === 'object' && error.reply !== null) === true
}

/** A mistake in how requests are made: nothing that a model could do better. */
const mistakes = new WeakSet<PfError>()

/** An error that ends the run, wherever it is thrown. @returns PfError PF_CONFIG_INVALID */
export function mistake(message: string): PfError {
  const error = new PfError('PF_CONFIG_INVALID', message)
  mistakes.add(error)
  return error
}

/** Whether it is one. */
export function isMistake(error: unknown): error is PfError {
  return mistakes.has(error as PfError)
}

/**
 * Whether what a tool threw ends the run: the budget of the run is used up, a loop of its own has state that can't be
 * read, requests are mixed up. A limit that the tool itself has set for what it does is its own affair.
 */
export function endsRun(error: unknown, { budget }: RunContext): boolean {
  return (
    looked(() => {
      if (!PfError.is(error)) return false
      if (!PfError.is(error, 'PF_BUDGET_EXCEEDED')) return PfError.is(error, 'PF_CHECKPOINT_SCHEMA') || isMistake(error)
      const { limit, allowed } = error.details as { limit: 'turns' | 'maxTurns'; allowed: number }
      return limit !== 'maxTurns' && (budget.limits[limit] === allowed || budget.remaining(limit) <= 0)
    }) === true
  )
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
