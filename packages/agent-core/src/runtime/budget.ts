import type { BudgetLimits } from '../agent/agent'
import { PfError } from '../error/pf-error'
import { addUsage, type Usage } from '../event/usage'

type Counted = 'turns' | 'toolCalls' | 'tokens' | 'costUsd'

function counted(usage: Usage, what: Counted): number {
  if (what === 'tokens') return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
  return usage[what] ?? 0
}

/**
 * What a run may still use. Hard: `check` throws once a limit is passed. A child budget counts against its parents too,
 * so that what a run starts can't use more than the run itself. The budget of an agent holds for a whole task: that of a
 * run which goes on with one begins with what was used before.
 */
export class Budget {
  readonly limits: BudgetLimits
  /** When the run that has this budget must be over, in milliseconds since 1970: what inherits the budget inherits it too. */
  readonly deadline: number
  readonly #parent: Budget | undefined
  #used: Usage

  /** @param used - what counts against the limits from the start; the parents have it already, or never will */
  constructor(limits: BudgetLimits = {}, parent?: Budget, deadline = Number.POSITIVE_INFINITY, used: Usage = {}) {
    this.limits = limits
    this.#used = used
    this.#parent = parent
    this.deadline = Math.min(deadline, parent?.deadline ?? Number.POSITIVE_INFINITY)
  }

  /** What was used so far, by earlier runs of the task, too. */
  get used(): Readonly<Usage> {
    return this.#used
  }

  /** Counts usage here and in every parent. */
  add(usage: Usage): void {
    this.#used = addUsage(this.#used, usage)
    this.#parent?.add(usage)
  }

  /**
   * Throws where a limit has been passed, or would be by `next`.
   * @throws PfError PF_BUDGET_EXCEEDED, details `{ limit, allowed, used }`.
   */
  check(next: Usage = {}): void {
    for (const what of ['turns', 'toolCalls', 'tokens', 'costUsd'] as const) {
      const allowed = this.limits[what]
      const used = counted(this.#used, what) + counted(next, what)
      if (allowed !== undefined && used > allowed) {
        throw new PfError(
          'PF_BUDGET_EXCEEDED',
          `The run used up its budget of ${allowed} ${what}. Raise budget.${what} or let the run do less.`,
          {
            details: { limit: what, allowed, used },
          },
        )
      }
    }
    this.#parent?.check(next)
  }

  /** What is left of a limit, here and in the parents; `Infinity` where there is none. */
  remaining(what: Counted): number {
    const own = (this.limits[what] ?? Number.POSITIVE_INFINITY) - counted(this.#used, what)
    return this.#parent === undefined ? own : Math.min(own, this.#parent.remaining(what))
  }

  /** A budget of its own that counts against this one too. */
  child(limits: BudgetLimits = {}): Budget {
    return new Budget(limits, this)
  }
}
