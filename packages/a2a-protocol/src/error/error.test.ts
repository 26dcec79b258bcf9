import { type ErrorCode, errorCodes, PfError } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { A2AError, isA2AError } from './a2a-error'
import { decodeJsonRpcError, decodeRestError } from './decode-error'
import { encodeJsonRpcError, encodeRestError, jsonRpcHttpStatus, retryAfterHeader } from './encode-error'
import { type A2AErrorKind, errorKinds, errorTable, kindOfCode, messageOf, reasonOf } from './error-table'
import { toA2AError } from './to-a2a-error'

/** §5.4 of specification 1.0.1, typed in by hand. */
const specified: [A2AErrorKind, number, string, number, string][] = [
  ['TaskNotFoundError', -32001, 'NOT_FOUND', 404, 'TASK_NOT_FOUND'],
  ['TaskNotCancelableError', -32002, 'FAILED_PRECONDITION', 400, 'TASK_NOT_CANCELABLE'],
  ['PushNotificationNotSupportedError', -32003, 'FAILED_PRECONDITION', 400, 'PUSH_NOTIFICATION_NOT_SUPPORTED'],
  ['UnsupportedOperationError', -32004, 'FAILED_PRECONDITION', 400, 'UNSUPPORTED_OPERATION'],
  ['ContentTypeNotSupportedError', -32005, 'INVALID_ARGUMENT', 400, 'CONTENT_TYPE_NOT_SUPPORTED'],
  ['InvalidAgentResponseError', -32006, 'INTERNAL', 500, 'INVALID_AGENT_RESPONSE'],
  ['ExtendedAgentCardNotConfiguredError', -32007, 'FAILED_PRECONDITION', 400, 'EXTENDED_AGENT_CARD_NOT_CONFIGURED'],
  ['ExtensionSupportRequiredError', -32008, 'FAILED_PRECONDITION', 400, 'EXTENSION_SUPPORT_REQUIRED'],
  ['VersionNotSupportedError', -32009, 'FAILED_PRECONDITION', 400, 'VERSION_NOT_SUPPORTED'],
]

describe('the error table', () => {
  it.each(specified)(
    '%s (§5.4, §9.5, §11.6) [JSONRPC-SSE-002, JSONRPC-ERR-003, HTTP_JSON-STATUS-001, HTTP_JSON-ERR-002, BIND-EQUIV-003]',
    (kind, jsonRpc, status, http, reason) => {
      const error = new A2AError(kind, { message: 'words', metadata: { taskId: 't-9' } })
      const info = {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason,
        domain: 'a2a-protocol.org',
        metadata: { taskId: 't-9' },
      }
      expect(encodeJsonRpcError(7, error)).toEqual({
        jsonrpc: '2.0',
        id: 7,
        error: { code: jsonRpc, message: 'words', data: [info] },
      })
      expect(encodeRestError(error)).toEqual({
        status: http,
        body: { error: { code: http, status, message: 'words', details: [info] } },
      })
      expect(jsonRpcHttpStatus(error)).toBe(200)
    },
  )

  it.each([
    ['JSONParseError', -32700, 'INVALID_ARGUMENT', 400, 'Invalid JSON payload'],
    ['InvalidRequestError', -32600, 'INVALID_ARGUMENT', 400, 'Request payload validation error'],
    ['MethodNotFoundError', -32601, 'NOT_FOUND', 404, 'Method not found'],
    ['InvalidParamsError', -32602, 'INVALID_ARGUMENT', 400, 'Invalid parameters'],
    ['InternalError', -32603, 'INTERNAL', 500, 'Internal error'],
  ] as const)('%s has its standard message and no ErrorInfo (§9.5)', (kind, code, status, http, message) => {
    const error = new A2AError(kind)
    expect(encodeJsonRpcError(null, error)).toEqual({ jsonrpc: '2.0', id: null, error: { code, message } })
    expect(encodeRestError(error)).toEqual({ status: http, body: { error: { code: http, status, message } } })
  })

  it('puts on the HTTP level what clients and proxies act on there', () => {
    const statuses = Object.fromEntries(
      errorKinds.map((kind) => [kind, jsonRpcHttpStatus(new A2AError(kind))]).filter(([, status]) => status !== 200),
    )
    expect(statuses).toEqual({
      UnauthenticatedError: 401,
      PermissionDeniedError: 403,
      PayloadTooLargeError: 413,
      RateLimitedError: 429,
      UnavailableError: 503,
    })
  })

  it('keeps every JSON-RPC code in the ranges of A2A and JSON-RPC (§9.5) [JSONRPC-ERR-002]', () => {
    for (const kind of errorKinds) {
      const { jsonRpc } = errorTable[kind]
      expect((jsonRpc <= -32000 && jsonRpc >= -32099) || (jsonRpc <= -32600 && jsonRpc >= -32700)).toBe(true)
    }
  })

  it('gives no code of ours two kinds, but for requests that are refused in three ways', () => {
    const seen = errorKinds.flatMap((kind) => [errorTable[kind].code, ...errorTable[kind].codes])
    const twice = seen.filter((code, index) => seen.indexOf(code) !== index)
    expect(twice).toEqual(['PF_REQUEST_INVALID', 'PF_REQUEST_INVALID'])
    expect(kindOfCode('PF_REQUEST_INVALID')).toBe('InvalidParamsError')
  })

  it('makes words and reasons of names', () => {
    expect(messageOf('TaskNotFoundError')).toBe('Task not found')
    expect(messageOf('ExtendedAgentCardNotConfiguredError')).toBe('Extended agent card not configured')
    expect(reasonOf('PushNotificationNotSupportedError')).toBe('PUSH_NOTIFICATION_NOT_SUPPORTED')
  })
})

describe('A2AError', () => {
  it('is a PfError with a code, a kind and details that are safe to show', () => {
    const error = new A2AError('TaskNotFoundError', { metadata: { taskId: 't' } })
    expect(PfError.is(error, 'PF_TASK_NOT_FOUND')).toBe(true)
    expect(isA2AError(error, 'TaskNotFoundError')).toBe(true)
    expect(isA2AError(error, 'InternalError')).toBe(false)
    expect(isA2AError(new PfError('PF_TASK_NOT_FOUND'))).toBe(false)
    expect(isA2AError(new Error('x'))).toBe(false)
    expect(error.details).toEqual({ kind: 'TaskNotFoundError', metadata: { taskId: 't' } })
    expect('cause' in error).toBe(false)
  })

  it('is retryable where waiting helps, and tells how long in whole seconds', () => {
    expect(new A2AError('UnavailableError').retryable).toBe(true)
    expect(new A2AError('InvalidParamsError').retryable).toBe(false)
    expect(retryAfterHeader(new A2AError('RateLimitedError', { retryAfterMs: 1200 }))).toBe('2')
    expect(retryAfterHeader(new A2AError('RateLimitedError', { retryAfterMs: 5 }))).toBe('1')
    expect(retryAfterHeader(new A2AError('RateLimitedError'))).toBeUndefined()
  })
})

describe('toA2AError', () => {
  const leak = 'connect ECONNREFUSED 10.0.0.7:6379 password=hunter2'
  const shown = (error: unknown) =>
    JSON.stringify([encodeJsonRpcError(1, toA2AError(error)), encodeRestError(toA2AError(error))])

  it('leaves A2A errors as they are', () => {
    const error = new A2AError('TaskNotFoundError')
    expect(toA2AError(error)).toBe(error)
  })

  it('says nothing of what has no A2A meaning, and keeps it for the log', () => {
    for (const error of [
      new Error(leak),
      leak,
      { message: leak },
      null,
      undefined,
      new PfError('PF_SECRET_MISSING', leak),
      new PfError('PF_RUN_TIMEOUT', leak),
    ]) {
      const { kind, message, cause } = toA2AError(error)
      expect({ kind, message, cause }).toEqual({ kind: 'InternalError', message: 'Internal error', cause: error })
      expect(shown(error)).not.toContain('hunter2')
    }
  })

  it('says nothing of what a peer did to us', () => {
    const remote = decodeJsonRpcError({ code: -32001, message: leak, data: [{ '@type': 'x', leak }] })
    expect(toA2AError(remote)).toMatchObject({ kind: 'InternalError', message: 'Internal error', cause: remote })
    for (const error of [remote, new PfError('PF_REMOTE_RESPONSE', leak), new PfError('PF_REMOTE_ERROR', leak)]) {
      expect(toA2AError(error).kind).toBe('InternalError')
      expect(shown(error)).not.toContain('hunter2')
    }
  })

  it('keeps the words of a failing store to itself, and says that trying again may help', () => {
    const error = toA2AError(new PfError('PF_STORE_UNAVAILABLE', leak, { details: { host: leak }, retryAfterMs: 500 }))
    expect(error).toMatchObject({
      kind: 'UnavailableError',
      code: 'PF_STORE_UNAVAILABLE',
      message: 'Unavailable',
      retryAfterMs: 500,
      metadata: undefined,
    })
    expect(shown(error)).not.toContain('hunter2')
  })

  it('tells a lack of memory as that, whoever threw it, with a status that hosts of components see', () => {
    for (const thrown of ['out of memory', new PfError('PF_GUEST_MEMORY')]) {
      const error = toA2AError(thrown)
      expect(error).toMatchObject({ kind: 'UnavailableError', code: 'PF_GUEST_MEMORY' })
      expect(error.message).toContain('memory limit')
      expect([jsonRpcHttpStatus(error), encodeRestError(error).status]).toEqual([503, 503])
    }
  })

  it('keeps message, facts and violations of a refused request', () => {
    const violations = [{ field: 'message.contextId', description: 'is not the one of the task' }]
    const error = toA2AError(
      new PfError('PF_CONTEXT_MISMATCH', 'Not that context', { details: { taskId: 't', n: 3, deep: {}, violations } }),
    )
    expect(encodeRestError(error).body.error).toEqual({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'Not that context',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'PF_CONTEXT_MISMATCH',
          domain: 'pf-agents',
          metadata: { taskId: 't', n: '3' },
        },
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations },
      ],
    })
  })

  it('knows an A2A meaning for exactly these codes', () => {
    const meaning = Object.fromEntries(
      (Object.keys(errorCodes) as ErrorCode[]).map((code) => [code, kindOfCode(code)]).filter(([, kind]) => kind),
    )
    expect(meaning).toEqual({
      PF_INTERNAL: 'InternalError',
      PF_REQUEST_INVALID: 'InvalidParamsError',
      PF_REQUEST_TOO_LARGE: 'PayloadTooLargeError',
      PF_UNAUTHENTICATED: 'UnauthenticatedError',
      PF_FORBIDDEN: 'PermissionDeniedError',
      PF_TENANT_NOT_FOUND: 'TenantNotFoundError',
      PF_TASK_NOT_FOUND: 'TaskNotFoundError',
      PF_TASK_TERMINAL: 'UnsupportedOperationError',
      PF_TASK_NOT_CANCELABLE: 'TaskNotCancelableError',
      PF_CONTEXT_MISMATCH: 'InvalidParamsError',
      PF_CONTENT_TYPE: 'ContentTypeNotSupportedError',
      PF_METHOD_UNKNOWN: 'MethodNotFoundError',
      PF_OPERATION_UNSUPPORTED: 'UnsupportedOperationError',
      PF_PUSH_UNSUPPORTED: 'PushNotificationNotSupportedError',
      PF_CARD_NOT_CONFIGURED: 'ExtendedAgentCardNotConfiguredError',
      PF_EXTENSION_REQUIRED: 'ExtensionSupportRequiredError',
      PF_VERSION_UNSUPPORTED: 'VersionNotSupportedError',
      PF_INPUT_INVALID: 'InvalidParamsError',
      PF_OUTPUT_INVALID: 'InvalidAgentResponseError',
      PF_BUSY: 'RateLimitedError',
      PF_RATE_LIMITED: 'RateLimitedError',
      PF_OVERLOADED: 'UnavailableError',
      PF_AUTH_UNAVAILABLE: 'UnavailableError',
      PF_STORE_FULL: 'UnavailableError',
      PF_STORE_CONFLICT: 'UnavailableError',
      PF_STORE_UNAVAILABLE: 'UnavailableError',
      PF_STREAM_LAGGED: 'UnavailableError',
      PF_GUEST_MEMORY: 'UnavailableError',
      PF_INTERRUPT_ANSWERED: 'UnsupportedOperationError',
      PF_INTERRUPT_UNKNOWN: 'InvalidParamsError',
      PF_INTERRUPT_EXPIRED: 'UnsupportedOperationError',
      PF_SKILL_UNKNOWN: 'InvalidParamsError',
    })
  })
})

describe('reading a peer’s error', () => {
  const overJsonRpc = (error: A2AError) =>
    decodeJsonRpcError(encodeJsonRpcError(1, error).error, jsonRpcHttpStatus(error))
  const overRest = (error: A2AError) => {
    const { status, body } = encodeRestError(error)
    return decodeRestError(body, status)
  }

  it.each(errorKinds.filter((kind) => kind !== 'UnknownError'))('%s comes back from both bindings', (kind) => {
    const error = new A2AError(kind, {
      message: 'words',
      violations: [{ field: 'a', description: 'b' }],
      retryAfterMs: 1500,
    })
    // On HTTP+JSON only A2A's own errors must have a reason (§11.6): these share a status with others.
    const merged: Partial<Record<A2AErrorKind, A2AErrorKind>> = {
      JSONParseError: 'InvalidParamsError',
      InvalidRequestError: 'InvalidParamsError',
      MethodNotFoundError: 'UnknownError',
    }
    for (const [read, expected] of [
      [overJsonRpc(error), kind],
      [overRest(error), merged[kind] ?? kind],
    ] as const) {
      const { code } = new A2AError(expected)
      expect(read).toMatchObject({
        kind: expected,
        code,
        message: 'words',
        violations: error.violations,
        retryAfterMs: 1500,
      })
      expect(read.remote).toBeDefined()
    }
  })

  it('brings back the more exact code of a peer that is ours', () => {
    for (const code of ['PF_TASK_TERMINAL', 'PF_BUSY', 'PF_INPUT_INVALID'] as const) {
      const error = toA2AError(new PfError(code, 'x'))
      expect([overJsonRpc(error).code, overRest(error).code]).toEqual([code, code])
    }
  })

  it('believes no peer that claims a code its error does not have', () => {
    const info = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'TASK_NOT_FOUND',
      domain: 'a2a-protocol.org',
      metadata: { code: 'PF_UNAUTHENTICATED' },
    }
    expect(decodeJsonRpcError({ code: -32001, message: 'x', data: [info] }).code).toBe('PF_TASK_NOT_FOUND')
    const own = { ...info, reason: 'PF_CONFIG_INVALID', domain: 'pf-agents' }
    expect(decodeJsonRpcError({ code: -32603, message: 'x', data: [own] }).code).toBe('PF_INTERNAL')
  })

  it('keeps what it does not understand', () => {
    const detail = { '@type': 'type.example/Thing', n: 1 }
    expect(decodeJsonRpcError({ code: -32050, message: 'odd', data: [detail] }, 200)).toMatchObject({
      kind: 'UnknownError',
      code: 'PF_REMOTE_ERROR',
      message: 'odd',
      remote: { rpcCode: -32050, httpStatus: 200, details: [detail] },
    })
  })

  it('reads the 1.0.0 forms: data as one object, 409, 415, 502, UNIMPLEMENTED (§5.4 of 1.0.0)', () => {
    const info = (reason: string) => ({
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason,
      domain: 'a2a-protocol.org',
    })
    expect(decodeJsonRpcError({ code: -32602, message: 'x', data: info('TASK_NOT_FOUND') }).kind).toBe(
      'TaskNotFoundError',
    )
    const rest = (http: number, status: string, details: unknown[] = []) =>
      decodeRestError({ error: { code: http, status, message: 'x', details } }, http).kind
    expect(rest(409, 'FAILED_PRECONDITION')).toBe('TaskNotCancelableError')
    expect(rest(415, 'INVALID_ARGUMENT')).toBe('ContentTypeNotSupportedError')
    expect(rest(502, 'INTERNAL', [info('INVALID_AGENT_RESPONSE')])).toBe('InvalidAgentResponseError')
    expect(rest(400, 'UNIMPLEMENTED', [info('PUSH_NOTIFICATION_NOT_SUPPORTED')])).toBe(
      'PushNotificationNotSupportedError',
    )
    expect(rest(501, 'UNIMPLEMENTED', [info('VERSION_NOT_SUPPORTED')])).toBe('VersionNotSupportedError')
  })

  it('judges a body that is no error by its status alone', () => {
    for (const body of [undefined, null, '<html>', {}, { error: 'x' }, []]) {
      expect(decodeRestError(body, 502)).toMatchObject({
        kind: 'UnknownError',
        code: 'PF_REMOTE_ERROR',
        message: 'HTTP 502',
        remote: { httpStatus: 502 },
      })
      expect(decodeRestError(body, 401).code).toBe('PF_UNAUTHENTICATED')
      expect(decodeRestError(body, 503).retryable).toBe(true)
    }
    expect(decodeJsonRpcError('gone')).toMatchObject({ kind: 'UnknownError' })
  })

  it('takes a reason of another domain for no reason of A2A', () => {
    const info = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'TASK_NOT_FOUND',
      domain: 'other.example',
    }
    expect(
      decodeRestError({ error: { code: 404, status: 'NOT_FOUND', message: 'x', details: [info] } }, 404).kind,
    ).toBe('UnknownError')
  })

  it('bounds what a peer can make it keep', () => {
    const violations = Array.from({ length: 1000 }, () => ({ field: 'f', description: 'd' }))
    const data = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }]
    const error = decodeJsonRpcError({ code: -32602, message: 'x'.repeat(100_000), data })
    expect([error.message.length, error.violations.length]).toEqual([4096, 32])
  })
})
