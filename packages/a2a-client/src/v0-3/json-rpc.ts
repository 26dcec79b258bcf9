import {
  A2AError,
  encodeSendMessageRequest,
  isStreaming,
  JSON_TYPE,
  methodOfV03,
  type Operation,
  type Requests,
  toV03Params,
  upgradeV03Event,
  upgradeV03Result,
  V03_EXTENSIONS_HEADER,
} from '@pf-agents/a2a-protocol'
import type { JsonValue } from '@pf-agents/agent-core'
import { type Binding, bodyOf, streamAccept } from '../binding/binding'
import { jsonRpcBinding } from '../binding/json-rpc'
import type { ChosenInterface } from '../discovery/choose-interface'

/** JSON-RPC of A2A 0.3: the same envelope, other methods and forms. */
export function v03JsonRpcBinding(chosen: ChosenInterface, headers: Record<string, string>): Binding {
  const usual = jsonRpcBinding(chosen)
  return {
    extensionsHeader: V03_EXTENSIONS_HEADER,
    write(operation, request, id) {
      const method = methodOfV03(operation)
      if (method === undefined) {
        throw new A2AError('UnsupportedOperationError', { message: 'An agent of A2A 0.3 can not list its tasks.' })
      }
      const params = toV03Params(operation, wireOf(operation, request))
      const accept = isStreaming(operation) ? streamAccept(JSON_TYPE) : JSON_TYPE
      return {
        url: chosen.url,
        method: 'POST',
        headers: { ...headers, 'content-type': JSON_TYPE, accept },
        body: bodyOf({ jsonrpc: '2.0', id, method, params }),
        operation,
      }
    },
    read(response, id, now, operation) {
      return upgradeV03Result(operation, usual.read(response, id, now, operation)) as JsonValue
    },
    readEvent: (event, id) => upgradeV03Event(usual.readEvent(event, id)) as JsonValue,
  }
}

/** What an operation is asked with, as 1.0 writes it. */
function wireOf<K extends Operation>(operation: K, request: Requests[K]): Requests[K] {
  if (operation !== 'SendMessage' && operation !== 'SendStreamingMessage') return request
  return encodeSendMessageRequest(request as Requests['SendMessage']) as unknown as Requests[K]
}
