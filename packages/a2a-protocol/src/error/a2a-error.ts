import { type ErrorCode, type JsonObject, type JsonValue, PfError } from '@pf-agents/agent-core'
import type { FieldViolation } from '../json/violations'
import { type A2AErrorKind, errorTable, messageOf } from './error-table'

/** What a peer said, word for word, beside what was understood of it. */
export interface RemoteError {
  /** JSON-RPC error code, where the peer spoke JSON-RPC. */
  rpcCode?: number
  /** HTTP status of the answer, where known. */
  httpStatus?: number
  /** The peer's detail objects (`@type` each), known or not. */
  details: JsonValue[]
}

/** What an A2A error is made of. */
export interface A2AErrorOptions {
  /** Shown to the caller. Default: the sentence of the error's kind. */
  message?: string | undefined
  /** The code of this SDK where it says more than the kind. Default: the code of the kind. */
  code?: ErrorCode | undefined
  /** Strings for ErrorInfo, such as `{ taskId }`; shown to the caller. */
  metadata?: Record<string, string> | undefined
  /** Fields that are wrong, for BadRequest. */
  violations?: readonly FieldViolation[] | undefined
  /** What went wrong underneath. Never shown. */
  cause?: unknown
  /** Milliseconds after which trying again makes sense. */
  retryAfterMs?: number | undefined
  /** Set where a peer sent this error. */
  remote?: RemoteError | undefined
}

/**
 * An error of A2A (§3.3.2), still a {@link PfError}: `kind` is its name in the specification, `code` the SDK's own.
 * What a server throws and what a client catches; `remote` is set on those that a peer sent.
 *
 * @example
 * ```ts
 * throw new A2AError('TaskNotFoundError', { metadata: { taskId } })
 * // …
 * if (isA2AError(error, 'TaskNotFoundError')) return undefined
 * ```
 */
export class A2AError extends PfError {
  readonly kind: A2AErrorKind
  readonly metadata: Readonly<Record<string, string>> | undefined
  readonly violations: readonly FieldViolation[]
  readonly remote: RemoteError | undefined

  constructor(kind: A2AErrorKind, options: A2AErrorOptions = {}) {
    const { metadata, violations = [], retryAfterMs } = options
    const details: JsonObject = { kind }
    if (metadata) details.metadata = { ...metadata }
    if (violations.length > 0) details.violations = violations.map(({ field, description }) => ({ field, description }))
    super(options.code ?? errorTable[kind].code, options.message ?? messageOf(kind), {
      details,
      retryable: kind === 'RateLimitedError' || kind === 'UnavailableError' || retryAfterMs !== undefined,
      ...('cause' in options && { cause: options.cause }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
    this.name = 'A2AError'
    this.kind = kind
    this.metadata = metadata
    this.violations = violations
    this.remote = options.remote
  }
}

/**
 * Whether a value is an A2A error, made by any installed copy of this package, and of the kind if one is given.
 * {@link PfError.is} asks for the SDK's own code instead.
 */
export function isA2AError(value: unknown, kind?: A2AErrorKind): value is A2AError {
  if (!PfError.is(value) || !('kind' in value) || !('violations' in value)) return false
  return kind === undefined || value.kind === kind
}
