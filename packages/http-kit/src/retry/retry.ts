import { type Clock, type Random, systemClock, systemRandom } from '@pf-agents/agent-core'
import { checkAborted } from '../time/abort'
import { sleep } from '../time/sleep'
import { type Backoff, backoffDelay } from './backoff'

/** How often and how long to try again. */
export interface RetryPolicy extends Backoff {
  /** Attempts in all, the first included. 1 = never again. Default 3. */
  attempts: number
  /** Ceiling of the first wait, ms. Default 200. */
  baseMs: number
  /** Ceiling of every wait, ms. A peer's Retry-After may be longer. Default 5,000. */
  maxMs: number
  /** No wait goes past this many ms from the start. Default 30,000. */
  totalMs: number
}

/** The policy where an option is left out. */
export const defaultRetryPolicy: Readonly<RetryPolicy> = { attempts: 3, baseMs: 200, maxMs: 5_000, totalMs: 30_000 }

/** `false`: the error stands. Else try again, not before `afterMs` (a peer's Retry-After) where given. */
export type RetryDecision = false | { afterMs?: number | undefined }

/** Options of {@link retry}. */
export interface RetryOptions {
  policy?: Partial<RetryPolicy> | undefined
  /**
   * Judges a failure. Say yes only where trying again is safe: where the request can't have had an effect, or where
   * having it twice is the same as once.
   * @param attempt - number of the attempt that failed, from 1
   */
  decide(error: unknown, attempt: number): RetryDecision
  /** Ends the waiting; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  clock?: Clock | undefined
  random?: Pick<Random, 'fraction'> | undefined
}

/**
 * Runs an operation again after failures that `decide` says are safe, with full-jitter backoff, until it succeeds or
 * the policy's attempts or time are used up. Then the last error is thrown as it came.
 *
 * @example
 * ```ts
 * const card = await retry(() => load(url), {
 *   policy: { attempts: 5 },
 *   decide: (error) => PfError.is(error) && error.retryable && { afterMs: error.retryAfterMs },
 * })
 * ```
 */
export async function retry<T>(operation: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, clock = systemClock, random = systemRandom } = options
  const policy = { ...defaultRetryPolicy, ...options.policy }
  const end = clock.now() + policy.totalMs
  for (let attempt = 1; ; attempt++) {
    checkAborted(signal)
    try {
      return await operation(attempt)
    } catch (error) {
      if (attempt >= policy.attempts || signal?.aborted) throw error
      const decision = options.decide(error, attempt)
      if (!decision) throw error
      // Jitter comes on top of a Retry-After, so that those who were sent away together do not come back together.
      const wait = (decision.afterMs ?? 0) + backoffDelay(attempt - 1, policy, random.fraction())
      if (clock.now() + wait > end) throw error
      await sleep(wait, { signal, clock })
    }
  }
}
