import type { JsonObject } from '@pf-agents/agent-core'
import type { JsonRpcId } from '../json-rpc/envelope'
import type { A2AError } from './a2a-error'
import { encodeErrorDetails } from './error-details'
import { errorTable } from './error-table'

const rowOf = (error: A2AError) => errorTable[error.kind]

/** A JSON-RPC error response (§9.5). */
export interface JsonRpcErrorResponse {
  jsonrpc: '2.0'
  id: JsonRpcId
  error: { code: number; message: string; data?: JsonObject[] }
}

/** Writes an error as a JSON-RPC response. `data` is always an array of typed objects. */
export function encodeJsonRpcError(id: JsonRpcId, error: A2AError): JsonRpcErrorResponse {
  const data = encodeErrorDetails(error)
  const body: JsonRpcErrorResponse['error'] = { code: rowOf(error).jsonRpc, message: error.message }
  if (data.length > 0) body.data = data
  return { jsonrpc: '2.0', id, error: body }
}

/**
 * The HTTP status a JSON-RPC error goes out with: 200, because JSON-RPC has its own codes, but for what clients and
 * proxies must see on the HTTP level (401, 403, 413, 429, 503).
 */
export function jsonRpcHttpStatus(error: A2AError): number {
  const row = rowOf(error)
  return row.own && row.http !== 404 ? row.http : 200
}

/** An HTTP+JSON error body: google.rpc.Status (§11.6). */
export interface RestErrorBody {
  error: { code: number; status: string; message: string; details?: JsonObject[] }
}

/** Writes an error as an HTTP+JSON answer; `body.error.code` equals `status`. */
export function encodeRestError(error: A2AError): { status: number; body: RestErrorBody } {
  const { http, status } = rowOf(error)
  const details = encodeErrorDetails(error)
  const body: RestErrorBody['error'] = { code: http, status, message: error.message }
  if (details.length > 0) body.details = details
  return { status: http, body: { error: body } }
}

/** The value of `Retry-After` in whole seconds, rounded up; `undefined` where there is nothing to wait for. */
export function retryAfterHeader(error: A2AError): string | undefined {
  return error.retryAfterMs === undefined ? undefined : String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
}
