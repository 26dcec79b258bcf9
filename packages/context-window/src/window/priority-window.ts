import type { ModelMessage } from '@pf-agents/agent-core'
import { roleOf, type Step } from '../history/step'
import type { WindowStrategy } from './window-strategy'

/** Options of {@link priorityWindow}. */
export interface PriorityWindowOptions {
  /**
   * How much a message matters; of a call and its results the highest counts. Must say the same of the same message
   * each time. Default: orders 3, the user 2, what the model says 1, calls and results 0.
   */
  priority?: (message: ModelMessage) => number
}

/**
 * Leaves out what matters least, the oldest first among equals.
 *
 * @example
 * ```ts
 * contextWindow({
 *   window: priorityWindow({ priority: (message) => (message.role === 'tool' ? 0 : 1) }),
 * })
 * ```
 */
export function priorityWindow({ priority = usualPriority }: PriorityWindowOptions = {}): WindowStrategy {
  return {
    name: 'priority',
    keep(steps, room) {
      let total = 0
      const byPriority = new Map<number, number[]>()
      for (const [at, step] of steps.entries()) {
        total += step.tokens
        if (step.fixed) continue
        const value = step.messages.reduce((most, message) => Math.max(most, priority(message)), -Infinity)
        const same = byPriority.get(value)
        if (same === undefined) byPriority.set(value, [at])
        else same.push(at)
      }
      const kept = new Set(steps.keys())
      for (const value of [...byPriority.keys()].sort((a, b) => a - b)) {
        for (const at of byPriority.get(value) ?? []) {
          if (total <= room) return withUserFirst(steps, kept)
          kept.delete(at)
          total -= (steps[at] as Step).tokens
        }
      }
      return withUserFirst(steps, kept)
    },
  }
}

function usualPriority(message: ModelMessage): number {
  if (message.role === 'system') return 3
  if (message.role === 'user') return 2
  return message.role === 'assistant' && message.content.every((part) => part.type !== 'tool-call') ? 1 : 0
}

/** Some models want to hear the user first: what would stand before is left out as well. */
function withUserFirst(steps: readonly Step[], kept: Set<number>): Set<number> {
  if (kept.size === steps.length) return kept
  for (const at of kept) {
    const step = steps[at] as Step
    if (step.fixed || roleOf(step.messages) === 'user') break
    kept.delete(at)
  }
  return kept
}
