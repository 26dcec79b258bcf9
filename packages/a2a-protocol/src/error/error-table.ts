import type { ErrorCode } from '@pf-agents/agent-core'

/** What one error is on each binding, and inside. */
export interface ErrorRow {
  /** JSON-RPC error code (§5.4, §9.5). */
  jsonRpc: number
  /** HTTP status on HTTP+JSON (§5.4, §11.6). */
  http: number
  /** google.rpc status name (§11.6). */
  status: string
  /** The code of this SDK. */
  code: ErrorCode
  /** What is said where nothing better is known. Safe to show. */
  message: string
  /** Whether the specification has no name for it, so that ErrorInfo carries our own code. */
  own?: true
}

/**
 * Every error of A2A 1.0.1 (§3.3.2, §5.4, §9.5), then those that come from HTTP and have no name of their own in the
 * specification. `UnknownError` is only read from peers.
 */
export const errorTable = {
  TaskNotFoundError: {
    jsonRpc: -32001,
    http: 404,
    status: 'NOT_FOUND',
    code: 'PF_TASK_NOT_FOUND',
    message: 'Task not found',
  },
  TaskNotCancelableError: {
    jsonRpc: -32002,
    http: 400,
    status: 'FAILED_PRECONDITION',
    code: 'PF_TASK_NOT_CANCELABLE',
    message: 'Task can not be canceled',
  },
  PushNotificationNotSupportedError: {
    jsonRpc: -32003,
    http: 400,
    status: 'FAILED_PRECONDITION',
    code: 'PF_PUSH_UNSUPPORTED',
    message: 'Push notifications are not supported',
  },
  UnsupportedOperationError: {
    jsonRpc: -32004,
    http: 400,
    status: 'FAILED_PRECONDITION',
    code: 'PF_OPERATION_UNSUPPORTED',
    message: 'Operation is not supported',
  },
  ContentTypeNotSupportedError: {
    jsonRpc: -32005,
    http: 400,
    status: 'INVALID_ARGUMENT',
    code: 'PF_CONTENT_TYPE',
    message: 'Content type is not supported',
  },
  InvalidAgentResponseError: {
    jsonRpc: -32006,
    http: 500,
    status: 'INTERNAL',
    code: 'PF_REMOTE_RESPONSE',
    message: 'Agent answered something that is not valid',
  },
  ExtendedAgentCardNotConfiguredError: {
    jsonRpc: -32007,
    http: 400,
    status: 'FAILED_PRECONDITION',
    code: 'PF_CARD_NOT_CONFIGURED',
    message: 'Extended agent card is not configured',
  },
  ExtensionSupportRequiredError: {
    jsonRpc: -32008,
    http: 400,
    status: 'FAILED_PRECONDITION',
    code: 'PF_EXTENSION_REQUIRED',
    message: 'A required extension is missing from A2A-Extensions',
  },
  VersionNotSupportedError: {
    jsonRpc: -32009,
    http: 400,
    status: 'FAILED_PRECONDITION',
    code: 'PF_VERSION_UNSUPPORTED',
    message: 'A2A version is not supported',
  },
  JSONParseError: {
    jsonRpc: -32700,
    http: 400,
    status: 'INVALID_ARGUMENT',
    code: 'PF_REQUEST_INVALID',
    message: 'Invalid JSON payload',
  },
  InvalidRequestError: {
    jsonRpc: -32600,
    http: 400,
    status: 'INVALID_ARGUMENT',
    code: 'PF_REQUEST_INVALID',
    message: 'Request payload validation error',
  },
  MethodNotFoundError: {
    jsonRpc: -32601,
    http: 404,
    status: 'NOT_FOUND',
    code: 'PF_METHOD_UNKNOWN',
    message: 'Method not found',
  },
  InvalidParamsError: {
    jsonRpc: -32602,
    http: 400,
    status: 'INVALID_ARGUMENT',
    code: 'PF_REQUEST_INVALID',
    message: 'Invalid parameters',
  },
  InternalError: { jsonRpc: -32603, http: 500, status: 'INTERNAL', code: 'PF_INTERNAL', message: 'Internal error' },
  UnauthenticatedError: {
    jsonRpc: -32000,
    http: 401,
    status: 'UNAUTHENTICATED',
    code: 'PF_UNAUTHENTICATED',
    message: 'Authentication is required',
    own: true,
  },
  PermissionDeniedError: {
    jsonRpc: -32000,
    http: 403,
    status: 'PERMISSION_DENIED',
    code: 'PF_FORBIDDEN',
    message: 'Permission denied',
    own: true,
  },
  TenantNotFoundError: {
    jsonRpc: -32602,
    http: 404,
    status: 'NOT_FOUND',
    code: 'PF_TENANT_NOT_FOUND',
    message: 'Tenant not found',
    own: true,
  },
  PayloadTooLargeError: {
    jsonRpc: -32600,
    http: 413,
    status: 'RESOURCE_EXHAUSTED',
    code: 'PF_REQUEST_TOO_LARGE',
    message: 'Request body is too large',
    own: true,
  },
  RateLimitedError: {
    jsonRpc: -32603,
    http: 429,
    status: 'RESOURCE_EXHAUSTED',
    code: 'PF_RATE_LIMITED',
    message: 'Too many requests',
    own: true,
  },
  UnavailableError: {
    jsonRpc: -32603,
    http: 503,
    status: 'UNAVAILABLE',
    code: 'PF_OVERLOADED',
    message: 'Temporarily unavailable',
    own: true,
  },
  UnknownError: { jsonRpc: -32603, http: 500, status: 'UNKNOWN', code: 'PF_REMOTE_ERROR', message: 'Unknown error' },
} as const satisfies Record<string, ErrorRow>

/** The name of an A2A error. */
export type A2AErrorKind = keyof typeof errorTable

/** ErrorInfo domain of the errors the specification names (§11.6). */
export const A2A_ERROR_DOMAIN = 'a2a-protocol.org'

/** ErrorInfo domain of our own codes, where the specification has no name for what happened. */
export const OWN_ERROR_DOMAIN = 'pf-agents'

/** Whether the specification names this error, so that ErrorInfo carries its reason: codes -32001 to -32009. */
export function isSpecified(kind: A2AErrorKind): boolean {
  const code: number = errorTable[kind].jsonRpc
  return code <= -32001 && code >= -32009
}

/** The ErrorInfo reason of an error: its name in upper snake case without "Error" (§11.6). */
export function reasonOf(kind: A2AErrorKind): string {
  return kind
    .slice(0, -'Error'.length)
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()
}
