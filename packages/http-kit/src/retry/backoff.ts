/** How waits between attempts grow. Milliseconds. */
export interface Backoff {
  /** Ceiling of the first wait. */
  baseMs: number
  /** Ceiling of every wait. */
  maxMs: number
}

/**
 * Exponential backoff with full jitter: a wait drawn evenly from 0 to `baseMs` × 2ⁿ, at most `maxMs`.
 * Full jitter, because callers that failed together would otherwise come back together.
 *
 * @param retry - 0 for the wait before the second attempt
 * @param fraction - a number from 0 to below 1
 */
export function backoffDelay(retry: number, backoff: Backoff, fraction: number): number {
  // The exponent is capped so that it can not overflow to Infinity × 0 = NaN.
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(retry, 50))
  return Math.floor(fraction * ceiling)
}
