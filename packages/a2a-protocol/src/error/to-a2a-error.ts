import { isOutOfMemory, type JsonObject, PfError } from '@pf-agents/agent-core'
import type { FieldViolation } from '../json/violations'
import { A2AError, type A2AErrorOptions, isA2AError } from './a2a-error'
import { readViolations } from './error-details'
import { errorTable, kindOfCode } from './error-table'

/** Reads what an error's details say: `violations` as field violations, other scalars as ErrorInfo metadata. */
function optionsOf(details: JsonObject | undefined): A2AErrorOptions {
  const metadata: Record<string, string> = {}
  let violations: FieldViolation[] | undefined
  for (const [key, value] of Object.entries(details ?? {})) {
    if (key === 'violations' && Array.isArray(value)) {
      violations = readViolations(value)
    } else if (
      key !== '__proto__' &&
      (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    ) {
      metadata[key] = String(value)
    }
  }
  return { ...(Object.keys(metadata).length > 0 && { metadata }), ...(violations && { violations }) }
}

/**
 * Makes of anything thrown the A2A error its caller is told (§5.4). What has no A2A meaning becomes `InternalError`, and
 * what a peer answered us is no error of ours: both keep the original as `cause` for the log and say nothing of it.
 */
export function toA2AError(error: unknown): A2AError {
  if (isA2AError(error) && !error.remote) return error
  // A status of its own, by which the host of a component sees what it was, and says what to do.
  if (isOutOfMemory(error) || PfError.is(error, 'PF_GUEST_MEMORY')) {
    const { code, message } = new PfError('PF_GUEST_MEMORY')
    return new A2AError('UnavailableError', { code, message, cause: error })
  }
  const kind = PfError.is(error) && !isA2AError(error) ? kindOfCode(error.code) : undefined
  if (!kind || !PfError.is(error)) return new A2AError('InternalError', { cause: error })
  const row = errorTable[kind]
  const options: A2AErrorOptions = { code: error.code, cause: error, retryAfterMs: error.retryAfterMs }
  // The words of a failing store name files and hosts; those of a refused request are meant for the caller.
  return new A2AError(
    kind,
    row.http >= 500 ? options : { ...options, ...optionsOf(error.details), message: error.message },
  )
}
