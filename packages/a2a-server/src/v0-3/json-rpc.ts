import {
  type A2AError,
  decodeJsonRpcRequest,
  encodeJsonRpcResult,
  encodeV03JsonRpcError,
  isStreaming,
  type JsonRpcId,
  jsonRpcHttpStatus,
  operationOfV03,
  type Requests,
  toV03Result,
  upgradeV03Params,
} from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import { discard, sseHeaders } from '@pf-agents/http-kit'
import { jsonAnswer } from '../binding/answer'
import type { Service } from '../service'
import { V03RpcFraming } from './framing'
import { readParams } from './params'
import { extensionsOf, isV03, withExtensions } from './version'

/** Whether a JSON-RPC request is one of 0.3: its method has a slash, which none of 1.0 has, and it names no other version. */
export function takesV03Rpc(body: unknown, request: Request, info: RequestInfo): boolean {
  const method = (body as { method?: unknown } | null)?.method
  return typeof method === 'string' && method.includes('/') && isV03(request, info)
}

/** Answers one JSON-RPC request of A2A 0.3, checked in the same order as those of 1.0. */
export async function answerV03Rpc(
  service: Service,
  body: unknown,
  request: Request,
  info: RequestInfo,
): Promise<Response> {
  const given = body as { method: string }
  const operation = operationOfV03(given.method)
  const call = decodeJsonRpcRequest({ ...given, method: operation ?? given.method })
  const { id, notification } = call
  const wantsStream = operation !== undefined && isStreaming(operation)
  try {
    if ('error' in call) throw call.error
    const extensions = service.negotiation.activate(extensionsOf(info))
    service.negotiation.checkCapability(call.operation)
    const upgraded = upgradeV03Params(call.operation, call.params)
    const params = await readParams(service, call.operation, upgraded, request, info)
    if (isStreaming(call.operation)) {
      const stream = await service.stream(
        call.operation,
        params as Requests[typeof call.operation],
        request,
        info,
        extensions,
        new V03RpcFraming(id, notification),
        '0.3',
      )
      if (!notification) return stream
      discard(stream)
      return new Response(null, { status: 204 })
    }
    const result = await service.answer(call.operation, params, request, info, extensions, '0.3')
    if (notification) return new Response(null, { status: 204 })
    const answer = jsonAnswer(encodeJsonRpcResult(id, toV03Result(call.operation, result, 'kind')), none)
    return withExtensions(answer, extensions)
  } catch (error) {
    const told = service.tell(error)
    if (notification) return new Response(null, { status: 204 })
    const status = jsonRpcHttpStatus(told)
    // Clients of 0.3 take nothing but a stream for the answer to a request for one.
    const asStream = wantsStream && status === 200 && (info.header('accept') ?? '').includes('text/event-stream')
    return asStream ? streamOf(id, told) : jsonAnswer(encodeV03JsonRpcError(id, told), none, status, undefined, told)
  }
}

const none: readonly string[] = []

function streamOf(id: JsonRpcId, error: A2AError): Response {
  return new Response(new V03RpcFraming(id).error(error), { headers: sseHeaders })
}
