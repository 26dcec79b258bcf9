import type { Backoff } from '@pf-agents/http-kit'
import type { CallOptions } from '../options'

/** How often a stream that broke is taken up again. */
export interface ResubscribePolicy extends Backoff {
  /** Attempts in a row that bring nothing new before the stream is given up. Default 8. */
  attempts: number
  /** Ceiling of the first wait, ms. Default 200. */
  baseMs: number
  /** Ceiling of every wait, ms. The agent's Retry-After may be longer. Default 10,000. */
  maxMs: number
  /**
   * What the waits that the agent asks for (Retry-After) may add up to until something new comes, ms. One that goes past
   * it is not begun: the agent's error is thrown, with its `retryAfterMs`. Default 30,000, as for calls.
   */
  maxRetryAfterMs: number
}

/** How streams are read. */
export interface StreamPolicy {
  /**
   * A stream on which nothing came for so long, heartbeats included, counts as broken, ms. Default 120,000. Agents of
   * this SDK send a heartbeat every 15 seconds; some agents send none.
   */
  idleTimeoutMs?: number | undefined
  /** Longest event, in characters. Default 16,777,216. */
  maxEventLength?: number | undefined
  /** Most bytes of one stream, over all its connections. Default 268,435,456 (256 MiB). */
  maxStreamBytes?: number | undefined
  /** How a stream that broke is taken up again with SubscribeToTask; `false` = not at all. Default 8 attempts. */
  resubscribe?: Partial<ResubscribePolicy> | false | undefined
  /** Whether the task is put together while the stream is read. Default true; without it nothing of it is kept. */
  fold?: boolean | undefined
}

/** Options of one stream. `timeoutMs` holds for all of it; by default a stream may last. */
export interface StreamOptions extends CallOptions, StreamPolicy {
  /**
   * What sendStreamingMessage does where the agent's card says that it does not stream: `'unary'` sends the message with
   * SendMessage, and its answer is the one event. Default: UnsupportedOperationError, and nothing is sent.
   */
  fallback?: 'unary' | undefined
}

/** Where a policy is left out. */
export const defaultResubscribe: Readonly<ResubscribePolicy> = {
  attempts: 8,
  baseMs: 200,
  maxMs: 10_000,
  maxRetryAfterMs: 30_000,
}
