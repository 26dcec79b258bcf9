import {
  type A2AError,
  decodeV03RestError,
  encodeV03RestRequest,
  isStreaming,
  JSON_TYPE,
  type Operation,
  type Requests,
  upgradeV03Event,
  upgradeV03Result,
  V03_EXTENSIONS_HEADER,
} from '@pf-agents/a2a-protocol'
import type { JsonValue } from '@pf-agents/agent-core'
import {
  type Binding,
  bodyOf,
  eventJson,
  jsonOf,
  optionalJson,
  requiredJson,
  streamAccept,
  unexpectedStatus,
} from '../binding/binding'
import type { ChosenInterface } from '../discovery/choose-interface'
import { withRetryAfter } from '../transport/errors'

/** HTTP+JSON of A2A 0.3: below `/v1`, in the form of its proto, which is what its servers read. */
export function v03HttpJsonBinding(chosen: ChosenInterface, extra: Record<string, string>): Binding {
  const base = chosen.url.replace(/(?<!\/)\/+$/, '')
  const write = <K extends Operation>(operation: K, request: Requests[K]) => {
    const call = encodeV03RestRequest(operation, request)
    const accept = isStreaming(operation) ? streamAccept(JSON_TYPE) : JSON_TYPE
    // Some servers want the type even where there is no body.
    const headers = { ...extra, accept, 'content-type': JSON_TYPE }
    const body = call.body === undefined ? undefined : bodyOf(call.body)
    return { url: base + call.path, method: call.method, headers, body, operation }
  }
  return {
    extensionsHeader: V03_EXTENSIONS_HEADER,
    write,
    read(response, _id, now, operation) {
      const { status } = response
      if (status >= 400) throw withRetryAfter(decodeV03RestError(jsonOf(response), status), response, now)
      if (status < 200 || status >= 300) throw unexpectedStatus(response)
      const isEmpty = operation === 'DeleteTaskPushNotificationConfig'
      return upgradeV03Result(operation, isEmpty ? optionalJson(response) : requiredJson(response)) as JsonValue
    },
    readEvent(event) {
      const value = eventJson(event)
      if (event.event === 'error') throw errorOf(value)
      return upgradeV03Event(value) as JsonValue
    },
    writeSubscribe: (request) => ({ ...write('SubscribeToTask', request), method: 'GET', body: undefined }),
  }
}

/** What an agent says in the middle of a stream; a code of JSON-RPC is no status of HTTP. */
function errorOf(value: JsonValue): A2AError {
  return decodeV03RestError(value, 500)
}
