import type { BudgetLimits } from '../agent/agent'
import { PfError } from '../error/pf-error'
import type { Usage } from '../event/usage'
import type { SubmitInput } from './agent-runtime'
import { Budget } from './budget'
import type { RunHost } from './run-host'

/** Where what a task has used is written down. */
export interface Ledger {
  /** What the runs before this one have used. */
  readonly usedBefore: Usage | undefined
  keepUsage(used: Usage): void
}

/** Writes down what is used, also by what the run starts. */
class TaskBudget extends Budget {
  readonly #ledger: Ledger

  constructor(limits: BudgetLimits, parent: Budget | undefined, deadline: number, ledger: Ledger) {
    super(limits, parent, deadline, ledger.usedBefore)
    this.#ledger = ledger
  }

  override add(usage: Usage): void {
    super.add(usage)
    this.#ledger.keepUsage(this.used)
  }
}

/** When a run must be over, and what it may use until then: the least of what the agent, the runtime and the caller allow. */
export class RunLimits {
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly #own: BudgetLimits
  readonly #parent: Budget | undefined
  /** Milliseconds of wall clock, where that is what ends the run. */
  readonly #wallMs: number | undefined
  readonly #ledger: Ledger
  #budget: Budget | undefined

  constructor(host: RunHost, input: SubmitInput, now: number, ledger: Ledger) {
    this.#ledger = ledger
    this.#own = host.agent.budget ?? {}
    const { budget: asked } = input
    this.#parent = asked === undefined || isBudget(asked) ? asked : new Budget(asked)
    const wallMs = Math.min(this.#own.wallMs ?? Infinity, this.#parent?.limits.wallMs ?? Infinity)
    const other = Math.min(
      now + (host.agent.deadlineMs ?? host.deadlineMs),
      input.deadline ?? Infinity,
      this.#parent?.deadline ?? Infinity,
    )
    this.deadline = Math.min(other, now + wallMs)
    this.#wallMs = now + wallMs < other ? wallMs : undefined
  }

  /** What the run may still use: of the agent's own limits, what earlier runs of the task have left. */
  get budget(): Budget {
    return (this.#budget ??= new TaskBudget(this.#own, this.#parent, this.deadline, this.#ledger))
  }

  /** What was used, where anything was. */
  get used(): Usage | undefined {
    return this.#budget?.used
  }

  /** Why a run ends at its deadline. */
  timeout(): PfError {
    const allowed = this.#wallMs
    if (allowed === undefined) return new PfError('PF_RUN_TIMEOUT')
    return new PfError(
      'PF_BUDGET_EXCEEDED',
      `The run used up its budget of ${allowed} wallMs. Raise budget.wallMs or let the run do less.`,
      {
        details: { limit: 'wallMs', allowed, used: allowed },
      },
    )
  }
}

/** Also of another installed copy of this package. */
function isBudget(value: BudgetLimits | Budget): value is Budget {
  return 'check' in value
}
