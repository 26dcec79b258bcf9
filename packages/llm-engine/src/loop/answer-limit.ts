import type { ModelProfile, RunContext, Usage } from '@pf-agents/agent-core'

/** What is left of a budget is only asked for where it is less than this, for a model whose own limit is not known. */
const unknownLimit = 4096

/** Some interfaces take no less. */
const leastTokens = 16

/**
 * Tokens that an answer may have: what is asked for, and no more than the budget still pays for. More than the model can
 * answer is never asked for because of a budget: providers refuse that.
 *
 * @param beside - what answers that come at the same time have used by now
 */
export function answerLimit(
  budget: RunContext['budget'],
  profile: ModelProfile | undefined,
  asked: number | undefined,
  { inputTokens = 0, outputTokens = 0, costUsd = 0 }: Usage,
): number | undefined {
  const price = profile?.prices?.output ?? 0
  const paid =
    price > 0 ? Math.floor(((budget.remaining('costUsd') - costUsd) * 1_000_000) / price) : Number.POSITIVE_INFINITY
  const left = Math.max(leastTokens, Math.min(budget.remaining('tokens') - inputTokens - outputTokens, paid))
  if (asked !== undefined) return Math.min(asked, left)
  return left < (profile?.maxOutputTokens ?? unknownLimit) ? left : undefined
}
