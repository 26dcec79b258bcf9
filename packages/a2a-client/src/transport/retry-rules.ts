import { PfError } from '@pf-agents/agent-core'
import type { RetryDecision } from '@pf-agents/http-kit'
import { statusOf } from './errors'

const failureOf = (error: unknown) => (PfError.is(error, 'PF_HTTP_FAILED') ? error.details?.failure : undefined)

const waitOf = (error: unknown) => ({ afterMs: PfError.is(error) ? error.retryAfterMs : undefined })

/**
 * Whether a failed request may be sent again. A message must not be worked on twice: it is repeated only where the
 * agent can't have begun with it, because there was no connection, or because the answer says to come again
 * (429, or 503 with Retry-After). One of a task is not repeated then: the agent may work on that task meanwhile, and what
 * answered one question would be taken for the answer to the next. Reads, and canceling, may be repeated after a broken
 * connection or a gateway's error.
 *
 * @param safe - whether doing it twice is the same as doing it once
 */
export function mayRepeat(error: unknown, safe: boolean, ofTask = false): RetryDecision {
  const status = statusOf(error)
  if (failureOf(error) === 'refused') return waitOf(error)
  if (ofTask) return false
  if (status === 429) return waitOf(error)
  if (status === 503 && (safe || (PfError.is(error) && error.retryAfterMs !== undefined))) return waitOf(error)
  return safe && (failureOf(error) === 'network' || status === 502 || status === 504) && waitOf(error)
}

/** Whether a request is a message of a task that is there already. */
export function isOfTask(request: object): boolean {
  return (request as { message?: { taskId?: string } }).message?.taskId !== undefined
}

/** Whether a failure looks like an agent scaled to zero: nobody listens, or the gateway in front of it says so. */
export function isAsleep(error: unknown): boolean {
  const status = statusOf(error)
  // Inside a component a refused connection can't be told from a broken one; only reads are repeated for this.
  return failureOf(error) === 'refused' || failureOf(error) === 'network' || status === 502 || status === 503
}

/** The wait a failure asks for. */
export { waitOf }
