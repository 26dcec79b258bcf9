import type { Clock, Random } from '@pf-agents/agent-core'
import { retry, type RetryPolicy } from '@pf-agents/http-kit'
import { isAsleep, mayRepeat, waitOf } from './retry-rules'

/** What {@link createRepeater} goes by. */
export interface RepeaterOptions {
  retry: Partial<RetryPolicy> | false | undefined
  wakeBudgetMs: number
  clock: Clock
  random: Random
}

/** Runs an attempt, and runs it again where that is safe. */
export type Repeater = <T>(attempt: () => Promise<T>, terms: RepeaterTerms) => Promise<T>

/** What holds for one request. */
export interface RepeaterTerms {
  /** Doing it twice is the same as doing it once. */
  safe: boolean
  /** It is a message of a task that is there already. */
  ofTask?: boolean
  signal: AbortSignal
}

// An agent that wakes takes seconds; asking every two at most does not keep its caller waiting much longer.
const wakePolicy = { attempts: Number.POSITIVE_INFINITY, baseMs: 200, maxMs: 2_000 }

/** Makes the one place where requests are repeated: the usual retries, and around them the wait for a sleeping agent. */
export function createRepeater(options: RepeaterOptions): Repeater {
  const { wakeBudgetMs, clock, random } = options
  return (attempt, { safe, ofTask, signal }) => {
    const waking = safe && wakeBudgetMs > 0
    const decide = (error: unknown) => (waking && isAsleep(error) ? false : mayRepeat(error, safe, ofTask))
    const usual = () =>
      options.retry === false ? attempt() : retry(attempt, { policy: options.retry, decide, signal, clock, random })
    if (!waking) return usual()
    return retry(usual, {
      policy: { ...wakePolicy, totalMs: wakeBudgetMs },
      decide: (error) => isAsleep(error) && waitOf(error),
      signal,
      clock,
      random,
    })
  }
}
