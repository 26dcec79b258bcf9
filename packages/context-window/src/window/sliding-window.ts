import type { Step } from '../history/step'
import type { WindowStrategy } from './window-strategy'

/**
 * Keeps the newest, from a message of the user on. The default.
 *
 * @example
 * ```ts
 * contextWindow({ window: slidingWindow() })
 * ```
 */
export function slidingWindow(): WindowStrategy {
  return { name: 'sliding', keep: keepNewest }
}

/** The newest steps that fit beside the fixed ones. */
export function keepNewest(steps: readonly Step[], room: number): Set<number> {
  let left = room
  for (const step of steps) if (step.fixed) left -= step.tokens
  let first = steps.length
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at] as Step
    if (!step.fixed) {
      if (step.tokens > left) break
      left -= step.tokens
    }
    first = at
  }
  first = nextTurn(steps, first)
  const kept = new Set<number>()
  for (let at = 0; at < steps.length; at++) if (at >= first || steps[at]?.fixed) kept.add(at)
  return kept
}

/**
 * The first message of the user from there on, unless that is the turn under way: an answer whose question is gone is left
 * out with it, and some models want to hear the user first.
 */
function nextTurn(steps: readonly Step[], first: number): number {
  if (first === 0) return 0
  for (let at = first; at < steps.length; at++) if (steps[at]?.role === 'user') return at
  return first
}
