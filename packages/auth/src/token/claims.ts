import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import type { Refusal } from '../scheme/refusal'
import { refuse } from '../scheme/refusal'

/** Whether a token is for one of the audiences: its own may be one or a list. */
export function audienceMatches(given: JsonValue | undefined, expected: string | readonly string[]): boolean {
  const accepted = typeof expected === 'string' ? [expected] : expected
  const audiences = Array.isArray(given) ? given : [given]
  return audiences.some((one) => typeof one === 'string' && accepted.includes(one))
}

/** Why a token is not good at this time: over, or not begun. Times that are no numbers are never good. */
export function timeProblem(claims: JsonObject, nowMs: number, toleranceSec: number): { refused: Refusal } | undefined {
  const now = nowMs / 1000
  const { exp, nbf } = claims
  if (exp !== undefined && (typeof exp !== 'number' || exp <= now - toleranceSec))
    return refuse('expired', 'The access token expired')
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now + toleranceSec)) return refuse('not yet valid')
  return undefined
}
