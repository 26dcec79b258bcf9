import type { JsonValue } from '@pf-agents/agent-core'
import { isFields } from '../json/read'
import { A2AError, type RemoteError } from './a2a-error'
import { readErrorDetails } from './error-details'
import {
  A2A_ERROR_DOMAIN,
  type A2AErrorKind,
  errorKinds,
  errorTable,
  isSpecified,
  kindOfCode,
  reasonOf,
} from './error-table'

/** Longest message that is kept of a peer's error. */
const MAX_MESSAGE = 4096

function kindOfReason(reason: string | undefined, domain: string | undefined): A2AErrorKind | undefined {
  if (reason === undefined || (domain !== undefined && domain !== A2A_ERROR_DOMAIN)) return undefined
  return errorKinds.find((kind) => isSpecified(kind) && reasonOf(kind) === reason)
}

/** Kinds that an HTTP status tells by itself, whoever answered. */
const httpKinds: Record<number, A2AErrorKind> = {
  401: 'UnauthenticatedError',
  403: 'PermissionDeniedError',
  413: 'PayloadTooLargeError',
  429: 'RateLimitedError',
  503: 'UnavailableError',
}

function remoteError(fallback: A2AErrorKind, message: unknown, remote: RemoteError): A2AError {
  const facts = readErrorDetails(remote.details)
  // Our own domain names what the specification has no word for, such as a tenant that does not exist.
  const kind = kindOfReason(facts.reason, facts.domain) ?? (facts.code && kindOfCode(facts.code)) ?? fallback
  // A peer's claim of one of our codes counts only where it fits the kind of error it also is.
  const code = facts.code && kindOfCode(facts.code) === kind ? facts.code : undefined
  return new A2AError(kind, {
    message: typeof message === 'string' && message !== '' ? message.slice(0, MAX_MESSAGE) : undefined,
    code,
    metadata: facts.metadata,
    violations: facts.violations,
    retryAfterMs: facts.retryAfterMs,
    remote,
  })
}

const listOf = (value: unknown): JsonValue[] =>
  Array.isArray(value) ? value : isFields(value) ? [value as JsonValue] : []

/**
 * Reads the `error` member of a JSON-RPC response (§9.5). The reason decides, then the code; 1.0.0 peers may send `data` as one object, and
 * an HTTP status of 401, 403, 413, 429 or 503 counts for more than the code.
 */
export function decodeJsonRpcError(error: unknown, httpStatus?: number): A2AError {
  const fields = isFields(error) ? error : {}
  const remote: RemoteError = { details: listOf(fields.data) }
  if (typeof fields.code === 'number') remote.rpcCode = fields.code
  if (httpStatus !== undefined) remote.httpStatus = httpStatus
  const byHttp = httpStatus === undefined ? undefined : httpKinds[httpStatus]
  const byCode = errorKinds.find((kind) => errorTable[kind].jsonRpc === fields.code && !errorTable[kind].own)
  return remoteError(byHttp ?? byCode ?? 'UnknownError', fields.message, remote)
}

/** google.rpc status names that mean one thing only, and 1.0.0's own HTTP statuses; anything else needs a `reason` (§11.6). */
function kindOfStatus(status: unknown, code: number): A2AErrorKind {
  if (code === 409) return 'TaskNotCancelableError'
  if (code === 415) return 'ContentTypeNotSupportedError'
  if (status === 'INTERNAL') return 'InternalError'
  if (status === 'INVALID_ARGUMENT') return 'InvalidParamsError'
  return 'UnknownError'
}

/**
 * Reads an HTTP+JSON error answer: google.rpc.Status with its ErrorInfo (§11.6), those of 1.0.0 too. A body that is no
 * such thing (a proxy's page, say) is judged by its status alone.
 */
export function decodeRestError(body: unknown, httpStatus: number): A2AError {
  const fields = isFields(body) && isFields(body.error) ? body.error : undefined
  const remote: RemoteError = { httpStatus, details: listOf(fields?.details) }
  const fallback = httpKinds[httpStatus] ?? (fields ? kindOfStatus(fields.status, httpStatus) : 'UnknownError')
  return remoteError(fallback, fields?.message ?? `HTTP ${httpStatus}`, remote)
}
