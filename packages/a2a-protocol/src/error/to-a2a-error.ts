import { type ErrorCode, type JsonObject, PfError } from '@pf-agents/agent-core'
import type { FieldViolation } from '../json/violations'
import { A2AError, type A2AErrorOptions, isA2AError } from './a2a-error'
import { readViolations } from './error-details'
import { type A2AErrorKind, errorTable } from './error-table'

/** Codes that come out of the runtime and have an A2A meaning. Whatever is not here is nobody's business but ours. */
const kinds: Partial<Record<ErrorCode, A2AErrorKind>> = {
  PF_TASK_NOT_FOUND: 'TaskNotFoundError',
  PF_TASK_NOT_CANCELABLE: 'TaskNotCancelableError',
  PF_PUSH_UNSUPPORTED: 'PushNotificationNotSupportedError',
  PF_OPERATION_UNSUPPORTED: 'UnsupportedOperationError',
  PF_TASK_TERMINAL: 'UnsupportedOperationError',
  PF_INTERRUPT_ANSWERED: 'UnsupportedOperationError',
  PF_INTERRUPT_EXPIRED: 'UnsupportedOperationError',
  PF_CONTENT_TYPE: 'ContentTypeNotSupportedError',
  PF_OUTPUT_INVALID: 'InvalidAgentResponseError',
  PF_CARD_NOT_CONFIGURED: 'ExtendedAgentCardNotConfiguredError',
  PF_EXTENSION_REQUIRED: 'ExtensionSupportRequiredError',
  PF_VERSION_UNSUPPORTED: 'VersionNotSupportedError',
  PF_METHOD_UNKNOWN: 'MethodNotFoundError',
  PF_REQUEST_INVALID: 'InvalidParamsError',
  PF_CONTEXT_MISMATCH: 'InvalidParamsError',
  PF_INPUT_INVALID: 'InvalidParamsError',
  PF_INTERRUPT_UNKNOWN: 'InvalidParamsError',
  PF_SKILL_UNKNOWN: 'InvalidParamsError',
  PF_UNAUTHENTICATED: 'UnauthenticatedError',
  PF_FORBIDDEN: 'PermissionDeniedError',
  PF_TENANT_NOT_FOUND: 'TenantNotFoundError',
  PF_REQUEST_TOO_LARGE: 'PayloadTooLargeError',
  PF_BUSY: 'RateLimitedError',
  PF_RATE_LIMITED: 'RateLimitedError',
  PF_OVERLOADED: 'UnavailableError',
  PF_STORE_FULL: 'UnavailableError',
  PF_STORE_CONFLICT: 'UnavailableError',
  PF_STORE_UNAVAILABLE: 'UnavailableError',
}

/** The A2A error a code becomes; `undefined` where the caller is told no more than "internal error". */
export function kindOfCode(code: ErrorCode): A2AErrorKind | undefined {
  return kinds[code]
}

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
