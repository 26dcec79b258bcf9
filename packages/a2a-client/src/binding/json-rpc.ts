import {
  decodeJsonRpcError,
  decodeJsonRpcResponse,
  encodeJsonRpcRequest,
  encodeListTasksRequest,
  encodeSendMessageRequest,
  isA2AError,
  isStreaming,
  JSON_TYPE,
  type Operation,
  type Requests,
} from '@pf-agents/a2a-protocol'
import type { ChosenInterface } from '../discovery/choose-interface'
import { httpError, withRetryAfter } from '../transport/errors'
import { type Binding, bodyOf, eventJson, jsonOf, requiredJson, streamAccept, unexpectedStatus } from './binding'

/** The JSON-RPC binding (§9). */
export function jsonRpcBinding({ url }: ChosenInterface): Binding {
  return {
    write(operation, request, id) {
      const body = bodyOf(encodeJsonRpcRequest(id, operation, paramsOf(operation, request)))
      const accept = isStreaming(operation) ? streamAccept(JSON_TYPE) : JSON_TYPE
      return { url, method: 'POST', headers: { 'content-type': JSON_TYPE, accept }, body, operation }
    },
    read(response, id, now) {
      const { status } = response
      const value = status === 200 ? requiredJson(response) : jsonOf(response)
      // Gateways answer with JSON of their own: only what says that it is JSON-RPC is read as such.
      const isRpc = typeof value === 'object' && value !== null && 'jsonrpc' in value
      if (status !== 200 && !isRpc) throw status >= 400 ? httpError(response, now) : unexpectedStatus(response)
      try {
        return decodeJsonRpcResponse(value, id, status)
      } catch (error) {
        throw isA2AError(error) ? withRetryAfter(error, response, now) : error
      }
    },
    readEvent(event, id) {
      const value = eventJson(event)
      if (event.event !== 'error') return decodeJsonRpcResponse(value, id)
      // Some write the whole envelope, some the error alone.
      const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : value
      throw decodeJsonRpcError(error)
    },
  }
}

function paramsOf<K extends Operation>(operation: K, request: Requests[K]): unknown {
  if (operation === 'SendMessage' || operation === 'SendStreamingMessage')
    return encodeSendMessageRequest(request as Requests['SendMessage'])
  if (operation === 'ListTasks') return encodeListTasksRequest(request as Requests['ListTasks'])
  return request
}
