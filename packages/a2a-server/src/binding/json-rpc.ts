import {
  A2AError,
  decodeJsonRpcRequest,
  decodeRequest,
  encodeJsonRpcError,
  encodeJsonRpcResult,
  isJsonContentType,
  isStreaming,
  type JsonRpcId,
  jsonRpcHttpStatus,
  type Requests,
} from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import { discard } from '@pf-agents/http-kit'
import type { Service } from '../service'
import { JsonRpcFraming } from '../stream/framing'
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
    const contentType = info.header('content-type')
    if (contentType !== 'application/json' && !isJsonContentType(contentType)) {
      throw new A2AError('ContentTypeNotSupportedError', {
        message: 'JSON-RPC requests have the content type application/json.',
      })
    }
    const body = parseBody(await info.readBody(), info)
    const { adapter } = service
    if (adapter?.takesRpc(body, request, info)) return await adapter.answerRpc(service, body, request, info)
    const call = decodeJsonRpcRequest(body)
    id = call.id
    notification = call.notification
    if ('error' in call && call.error.kind === 'InvalidRequestError') throw call.error
    extensions = service.negotiation.agree(request, info)
    if ('error' in call) throw call.error
    service.negotiation.checkCapability(call.operation)
    const params = decodeRequest(call.operation, call.params)
    if (isStreaming(call.operation)) {
      const framing = new JsonRpcFraming(id, notification)
      const stream = await service.stream(
        call.operation,
        params as Requests[typeof call.operation],
        request,
        info,
        extensions,
        framing,
      )
      if (!notification) return stream
      discard(stream)
      return new Response(null, { status: 204 })
    }
    const result = await service.answer(call.operation, params, request, info, extensions)
    return notification ? new Response(null, { status: 204 }) : jsonAnswer(encodeJsonRpcResult(id, result), extensions)
  } catch (error) {
    const told = service.tell(error)
    return notification ? new Response(null, { status: 204 }) : jsonRpcFailure(told, id, extensions)
  }
}

/** An error as JSON-RPC tells it: with status 200, but for what HTTP itself must see. */
export function jsonRpcFailure(error: A2AError, id: JsonRpcId, extensions: readonly string[] = none): Response {
  return jsonAnswer(encodeJsonRpcError(id, error), extensions, jsonRpcHttpStatus(error), undefined, error)
}
