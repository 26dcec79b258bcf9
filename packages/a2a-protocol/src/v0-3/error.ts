import { A2AError } from '../error/a2a-error'
import { decodeJsonRpcError, decodeRestError } from '../error/decode-error'
import { encodeJsonRpcError } from '../error/encode-error'
import { errorKinds, errorTable } from '../error/error-table'
import { type Fields, isFields } from '../json/read'
import type { JsonRpcId } from '../json-rpc/envelope'

/** The error codes that A2A 0.3 has of its own: -32001 to -32007. What came with 1.0 is an invalid request to it. */
function codeOf({ kind }: A2AError): number {
  const { jsonRpc } = errorTable[kind]
  return jsonRpc < -32007 && jsonRpc > -32100 ? -32600 : jsonRpc
}

/** Writes an error as a JSON-RPC response of 0.3. */
export function encodeV03JsonRpcError(id: JsonRpcId, error: A2AError): Fields {
  const { data } = encodeJsonRpcError(id, error).error
  return { jsonrpc: '2.0', id, error: { code: codeOf(error), message: error.message, ...(data && { data }) } }
}

/**
 * Writes an error as an HTTP+JSON answer of 0.3. The specification left its form open; its SDKs read `code` (JavaScript)
 * or `type` (Python), so both are there.
 */
export function encodeV03RestError(error: A2AError): { status: number; body: Fields } {
  const { data } = encodeJsonRpcError(null, error).error
  const status = error.kind === 'TaskNotCancelableError' ? 409 : errorTable[error.kind].http
  const body = { code: codeOf(error), message: error.message, type: error.kind, ...(data && { data }) }
  return { status, body }
}

/** Reads the error answer of an HTTP+JSON agent of 0.3. */
export function decodeV03RestError(body: unknown, httpStatus: number): A2AError {
  if (!isFields(body)) return decodeRestError(body, httpStatus)
  if (typeof body.code === 'number') return decodeJsonRpcError(body, httpStatus)
  const kind = errorKinds.find((one) => one === body.type)
  if (kind === undefined) return decodeRestError(body, httpStatus)
  const message = typeof body.message === 'string' && body.message !== '' ? body.message.slice(0, 4096) : undefined
  return new A2AError(kind, { message, remote: { httpStatus, details: [] } })
}
