import type { JsonValue } from '@pf-agents/agent-core'
import { A2AError } from '../error/a2a-error'
import { decodeJsonRpcError } from '../error/decode-error'
import { isFields, isUnset } from '../json/read'
import { isOperation, type Operation } from '../operations'

/** The id of a JSON-RPC request; `null` answers what had none that could be read. */
export type JsonRpcId = string | number | null

/** A JSON-RPC request whose envelope is good and whose method there is; the params are not looked at yet. */
export interface JsonRpcRequest {
  id: JsonRpcId
  /** No id was sent: do the work, answer nothing (not even an error). */
  notification: boolean
  operation: Operation
  params: unknown
}

/** A JSON-RPC request that is refused, and the id to refuse it with. */
export interface JsonRpcRefusal {
  id: JsonRpcId
  notification: boolean
  error: A2AError
}

const isId = (value: unknown): value is JsonRpcId =>
  value === null || typeof value === 'string' || Number.isFinite(value)

/**
 * Checks a JSON-RPC envelope (§9.3) in the fixed order: envelope (-32600), method (-32601, whatever its params), then the
 * form of the params (-32602). Content type and JSON come before, the fields of the params after. A2A has no batches.
 *
 * @example
 * ```ts
 * const request = decodeJsonRpcRequest(await readJson(body))
 * if ('error' in request) return json(encodeJsonRpcError(request.id, request.error))
 * const params = decodeRequest(request.operation, request.params)
 * ```
 */
export function decodeJsonRpcRequest(value: unknown): JsonRpcRequest | JsonRpcRefusal {
  if (!isFields(value)) {
    const message = Array.isArray(value) ? 'Batches are not part of A2A' : undefined
    return { id: null, notification: false, error: new A2AError('InvalidRequestError', { message }) }
  }
  const { jsonrpc, id, method, params } = value
  const field =
    jsonrpc !== '2.0'
      ? 'jsonrpc'
      : id !== undefined && !isId(id)
        ? 'id'
        : typeof method !== 'string'
          ? 'method'
          : undefined
  if (field !== undefined || typeof method !== 'string') {
    const description = { jsonrpc: 'must be "2.0"', id: 'must be a string or a number', method: 'must be a string' }[
      field ?? 'method'
    ]
    const error = new A2AError('InvalidRequestError', { violations: [{ field: field ?? 'method', description }] })
    return { id: isId(id) ? id : null, notification: false, error }
  }
  const notification = id === undefined
  const answerTo = id === undefined ? null : (id as JsonRpcId)
  if (!isOperation(method)) return { id: answerTo, notification, error: new A2AError('MethodNotFoundError') }
  if (!isUnset(params) && !isFields(params)) {
    const violations = [{ field: '', description: 'must be an object' }]
    return { id: answerTo, notification, error: new A2AError('InvalidParamsError', { violations }) }
  }
  return { id: answerTo, notification, operation: method, params: params ?? {} }
}

/** Writes a JSON-RPC result (§9.3). */
export function encodeJsonRpcResult<T>(id: JsonRpcId, result: T): { jsonrpc: '2.0'; id: JsonRpcId; result: T } {
  return { jsonrpc: '2.0', id, result }
}

/** Writes a JSON-RPC request (§9.3). */
export function encodeJsonRpcRequest<T>(
  id: string | number,
  method: Operation,
  params: T,
): { jsonrpc: '2.0'; id: string | number; method: Operation; params: T } {
  return { jsonrpc: '2.0', id, method, params }
}

/**
 * Reads a JSON-RPC response and hands back its result, to be read by the decoder of the operation.
 *
 * @throws A2AError what the peer answered, with `remote` set; or `InvalidAgentResponseError` where it answered no JSON-RPC
 * response, or one to another request
 */
export function decodeJsonRpcResponse(value: unknown, id: string | number, httpStatus?: number): JsonValue {
  const refuse = (field: string, description: string) =>
    new A2AError('InvalidAgentResponseError', { violations: [{ field, description }], remote: { details: [] } })
  if (!isFields(value)) throw refuse('', 'must be an object')
  if (value.jsonrpc !== '2.0') throw refuse('jsonrpc', 'must be "2.0"')
  const { error, result } = value
  if (!isUnset(error)) {
    // An error may come without our id: the peer perhaps never got to read it.
    if (!isUnset(value.id) && value.id !== id) throw refuse('id', 'must be the id of the request')
    throw decodeJsonRpcError(error, httpStatus)
  }
  if (value.id !== id) throw refuse('id', 'must be the id of the request')
  if (result === undefined) throw refuse('', 'must have one of result, error')
  return result as JsonValue
}
