import {
  A2A_JSON,
  decodeRestError,
  encodeRestRequest,
  isStreaming,
  JSON_TYPE,
  type Operation,
  type Requests,
} from '@pf-agents/a2a-protocol'
import type { ChosenInterface } from '../discovery/choose-interface'
import { withRetryAfter } from '../transport/errors'
import {
  type Binding,
  bodyOf,
  eventJson,
  jsonOf,
  optionalJson,
  requiredJson,
  streamAccept,
  unexpectedStatus,
} from './binding'

/** The HTTP+JSON binding (§11). */
export function httpJsonBinding(chosen: ChosenInterface): Binding {
  const base = chosen.url.replace(/(?<!\/)\/+$/, '')
  return {
    write(operation, request) {
      const call = encodeRestRequest(operation, request)
      const headers: Record<string, string> = { accept: acceptOf(operation) }
      if (call.body !== undefined) headers['content-type'] = A2A_JSON
      const body = call.body === undefined ? undefined : bodyOf(call.body)
      return { url: base + call.path, method: call.method, headers, body, operation }
    },
    read(response, _id, now, operation) {
      const { status } = response
      if (status >= 200 && status < 300)
        return operation === 'DeleteTaskPushNotificationConfig' ? optionalJson(response) : requiredJson(response)
      if (status < 400) throw unexpectedStatus(response)
      throw withRetryAfter(decodeRestError(jsonOf(response), status), response, now)
    },
    readEvent(event) {
      const value = eventJson(event)
      const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined
      if (error === undefined && event.event !== 'error') return value
      // `error.code` is the HTTP status that the error would have had.
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
      throw decodeRestError(value, typeof code === 'number' ? code : 500)
    },
    writeSubscribe(request: Requests['SubscribeToTask']) {
      const { path, body } = encodeRestRequest('SubscribeToTask', request)
      const query = new URLSearchParams(body as Record<string, string>).toString()
      const headers = { accept: acceptOf('SubscribeToTask') }
      return { url: base + path + (query && `?${query}`), method: 'GET', headers, operation: 'SubscribeToTask' }
    },
  }
}

function acceptOf(operation: Operation): string {
  return isStreaming(operation) ? streamAccept(A2A_JSON, JSON_TYPE) : `${A2A_JSON}, ${JSON_TYPE}`
}
