import { errorStatus, PfError } from '@pf-agents/agent-core'
import { challengesOf } from '@pf-agents/auth'

/** An error as JSON, where no protocol says otherwise. What is not a PfError, or is our own fault, is told without detail. */
export function errorResponse(error: unknown): Response {
  const known = PfError.is(error) ? error : new PfError('PF_INTERNAL')
  const { code } = known
  const status = errorStatus(known)
  const message = status >= 500 && status !== 503 ? 'Something failed inside the agent.' : known.message
  return new Response(JSON.stringify({ error: { code, message } }), {
    status,
    headers: { 'content-type': 'application/json' },
  })
}

/** Adds the headers by which HTTP tells a caller what to do about an error. */
export function addErrorHeaders(response: Response, error: unknown): Response {
  if (!PfError.is(error)) return response
  const { headers } = response
  if (error.retryAfterMs !== undefined && !headers.has('retry-after')) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))))
  }
  for (const challenge of challengesOf(error)) headers.append('www-authenticate', challenge)
  return response
}
