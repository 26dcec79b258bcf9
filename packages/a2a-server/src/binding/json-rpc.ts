import {
  A2AError,
  decodeJsonRpcRequest,
  decodeRequest,
  encodeJsonRpcError,
  encodeJsonRpcResult,
  isJsonContentType,
  type JsonRpcId,
  jsonRpcHttpStatus,
} from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import type { Service } from '../service'
import { jsonAnswer, parseBody } from './answer'

const none: readonly string[] = []

/**
 * Answers one JSON-RPC request (A2A 1.0, 9). Checked in this order: content type, JSON, envelope, version, extensions,
 * method, capability, params; then the operation.
 */
export async function answerJsonRpc(service: Service, request: Request, info: RequestInfo): Promise<Response> {
  let id: JsonRpcId = null
  let notification = false
  let extensions = none
  try {
    const contentType = request.headers.get('content-type')
    if (contentType !== 'application/json' && !isJsonContentType(contentType)) {
      throw new A2AError('ContentTypeNotSupportedError', {
        message: 'JSON-RPC requests have the content type application/json.',
      })
    }
    const call = decodeJsonRpcRequest(parseBody(await info.readBody()))
    id = call.id
    notification = call.notification
    if ('error' in call && call.error.kind === 'InvalidRequestError') throw call.error
    extensions = service.negotiation.agree(request)
    if ('error' in call) throw call.error
    service.negotiation.checkCapability(call.operation)
    const params = decodeRequest(call.operation, call.params)
    const result = await service.perform(call.operation, params, request, info)
    return notification ? new Response(null, { status: 204 }) : jsonAnswer(encodeJsonRpcResult(id, result), extensions)
  } catch (error) {
    const told = service.tell(error)
    return notification ? new Response(null, { status: 204 }) : jsonRpcFailure(told, id, extensions)
  }
}

/** An error as JSON-RPC tells it: with status 200, but for what HTTP itself must see. */
export function jsonRpcFailure(error: A2AError, id: JsonRpcId, extensions: readonly string[] = none): Response {
  return jsonAnswer(encodeJsonRpcError(id, error), extensions, jsonRpcHttpStatus(error), 'application/json', error)
}
