import type { ErrorCode } from '@pf-agents/agent-core'

/** What one error is on each binding, and inside. */
export interface ErrorRow {
  /** JSON-RPC error code (§5.4, §9.5). */
  readonly jsonRpc: number
  /** HTTP status on HTTP+JSON (§5.4, §11.6). */
  readonly http: number
  /** google.rpc status name (§11.6). */
  readonly status: string
  /** The code of this SDK. */
  readonly code: ErrorCode
  /** Other codes of this SDK that callers are told as this error. */
  readonly codes: readonly ErrorCode[]
  /** Whether the specification has no name for it, so that ErrorInfo carries our own code. */
  readonly own: boolean
}

function row(jsonRpc: number, http: number, status: string, code: ErrorCode, ...codes: ErrorCode[]): ErrorRow {
  return { jsonRpc, http, status, code, codes, own: false }
}

const precondition = 'FAILED_PRECONDITION'
const argument = 'INVALID_ARGUMENT'
const exhausted = 'RESOURCE_EXHAUSTED'

/** Every error of A2A 1.0.1 (§3.3.2, §5.4, §9.5), and after those the ones that the specification leaves to HTTP. */
export const errorTable = {
  TaskNotFoundError: row(-32001, 404, 'NOT_FOUND', 'PF_TASK_NOT_FOUND'),
  TaskNotCancelableError: row(-32002, 400, precondition, 'PF_TASK_NOT_CANCELABLE'),
  PushNotificationNotSupportedError: row(-32003, 400, precondition, 'PF_PUSH_UNSUPPORTED'),
  UnsupportedOperationError: row(
    -32004,
    400,
    precondition,
    'PF_OPERATION_UNSUPPORTED',
    'PF_TASK_TERMINAL',
    'PF_INTERRUPT_ANSWERED',
    'PF_INTERRUPT_EXPIRED',
  ),
  ContentTypeNotSupportedError: row(-32005, 400, argument, 'PF_CONTENT_TYPE'),
  InvalidAgentResponseError: row(-32006, 500, 'INTERNAL', 'PF_REMOTE_RESPONSE', 'PF_OUTPUT_INVALID'),
  ExtendedAgentCardNotConfiguredError: row(-32007, 400, precondition, 'PF_CARD_NOT_CONFIGURED'),
  ExtensionSupportRequiredError: row(-32008, 400, precondition, 'PF_EXTENSION_REQUIRED'),
  VersionNotSupportedError: row(-32009, 400, precondition, 'PF_VERSION_UNSUPPORTED'),
  InvalidParamsError: row(
    -32602,
    400,
    argument,
    'PF_REQUEST_INVALID',
    'PF_CONTEXT_MISMATCH',
    'PF_INPUT_INVALID',
    'PF_INTERRUPT_UNKNOWN',
    'PF_SKILL_UNKNOWN',
  ),
  JSONParseError: row(-32700, 400, argument, 'PF_REQUEST_INVALID'),
  InvalidRequestError: row(-32600, 400, argument, 'PF_REQUEST_INVALID'),
  MethodNotFoundError: row(-32601, 404, 'NOT_FOUND', 'PF_METHOD_UNKNOWN'),
  InternalError: row(-32603, 500, 'INTERNAL', 'PF_INTERNAL'),
  UnauthenticatedError: { ...row(-32000, 401, 'UNAUTHENTICATED', 'PF_UNAUTHENTICATED'), own: true },
  PermissionDeniedError: { ...row(-32000, 403, 'PERMISSION_DENIED', 'PF_FORBIDDEN'), own: true },
  TenantNotFoundError: { ...row(-32602, 404, 'NOT_FOUND', 'PF_TENANT_NOT_FOUND'), own: true },
  PayloadTooLargeError: { ...row(-32600, 413, exhausted, 'PF_REQUEST_TOO_LARGE'), own: true },
  RateLimitedError: { ...row(-32603, 429, exhausted, 'PF_RATE_LIMITED', 'PF_BUSY'), own: true },
  UnavailableError: {
    ...row(
      -32603,
      503,
      'UNAVAILABLE',
      'PF_OVERLOADED',
      'PF_AUTH_UNAVAILABLE',
      'PF_STORE_FULL',
      'PF_STORE_CONFLICT',
      'PF_STORE_UNAVAILABLE',
      'PF_STREAM_LAGGED',
      'PF_GUEST_MEMORY',
    ),
    own: true,
  },
  /** Only read from peers. */
  UnknownError: row(-32603, 500, 'UNKNOWN', 'PF_REMOTE_ERROR'),
} satisfies Record<string, ErrorRow>

/** The name of an A2A error. */
export type A2AErrorKind = keyof typeof errorTable

/** All names. */
export const errorKinds = /* @__PURE__ */ Object.keys(errorTable) as A2AErrorKind[]

/** ErrorInfo domain of the errors the specification names (§11.6). */
export const A2A_ERROR_DOMAIN = 'a2a-protocol.org'

/** ErrorInfo domain of our own codes, where the specification has no name for what happened. */
export const OWN_ERROR_DOMAIN = 'pf-agents'

/** Whether ErrorInfo carries the error's reason: those the specification has a JSON-RPC code for (§5.4). */
export function isSpecified(kind: A2AErrorKind): boolean {
  const { jsonRpc } = errorTable[kind]
  return jsonRpc < -32000 && jsonRpc > -32100
}

/** Codes that say what a peer did to us: no answer to our own caller. */
const fromPeers: readonly ErrorCode[] = ['PF_REMOTE_RESPONSE', 'PF_REMOTE_ERROR']

/** The error that callers are told of a code inside; `undefined` where they are told no more than "internal error". */
export function kindOfCode(code: ErrorCode): A2AErrorKind | undefined {
  if (fromPeers.includes(code)) return undefined
  return errorKinds.find((kind) => errorTable[kind].code === code || errorTable[kind].codes.includes(code))
}

const words = (kind: A2AErrorKind, between: string) =>
  kind.slice(0, -'Error'.length).replace(/([a-z])([A-Z])/g, `$1${between}$2`)

/** The ErrorInfo reason of an error: its name in upper snake case without "Error" (§11.6). */
export function reasonOf(kind: A2AErrorKind): string {
  return words(kind, '_').toUpperCase()
}

/** Standard messages of JSON-RPC errors (§9.5). */
const standardMessages: Partial<Record<A2AErrorKind, string>> = {
  JSONParseError: 'Invalid JSON payload',
  InvalidRequestError: 'Request payload validation error',
  InvalidParamsError: 'Invalid parameters',
  InternalError: 'Internal error',
}

/** What is said where nothing better is known: the standard message, else the name in words. Safe to show. */
export function messageOf(kind: A2AErrorKind): string {
  const name = words(kind, ' ')
  return standardMessages[kind] ?? name.charAt(0) + name.slice(1).toLowerCase()
}
