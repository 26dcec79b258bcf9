import { A2AError, decodeRestError, isA2AError } from '@pf-agents/a2a-protocol'
import { PfError } from '@pf-agents/agent-core'
import { fetchFailure, parseRetryAfter } from '@pf-agents/http-kit'
import type { WireResponse } from './wire'

const sentences = {
  refused: 'refused the connection or could not be reached',
  network: 'could not be reached, or broke the connection',
  other: 'could not be called',
}

/** What a failed `fetch` means to the caller. Errors of this SDK (a denied address, say) pass as they are. */
export function networkError(error: unknown, url: string): PfError {
  if (PfError.is(error)) return error
  const failure = fetchFailure(error)
  // Not the whole URL: a query may hold what should not be in a log.
  const { origin } = new URL(url)
  return new PfError('PF_HTTP_FAILED', `The agent at ${origin} ${sentences[failure]}.`, {
    cause: error,
    details: { origin, failure },
    retryable: failure === 'refused',
  })
}

/** An answer that is an HTTP error, and no protocol error: a proxy's page, or an agent that is not awake. */
export function httpError(response: WireResponse, now: number): A2AError {
  return withRetryAfter(decodeRestError(undefined, response.status), response, now)
}

/** The error with the wait that `Retry-After` asks for, where the error itself names none. */
export function withRetryAfter(error: A2AError, response: WireResponse, now: number): A2AError {
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now)
  if (retryAfterMs === undefined || error.retryAfterMs !== undefined) return error
  const { message, code, metadata, violations, remote } = error
  return new A2AError(error.kind, { message, code, metadata, violations, remote, retryAfterMs })
}

/** HTTP status of the answer that an error stands for. */
export function statusOf(error: unknown): number | undefined {
  return isA2AError(error) ? error.remote?.httpStatus : undefined
}
