import { A2A_JSON, decodeRestError, encodeRestRequest, JSON_TYPE } from '@pf-agents/a2a-protocol'
import type { ChosenInterface } from '../discovery/choose-interface'
import { withRetryAfter } from '../transport/errors'
import { type Binding, bodyOf, jsonOf, requiredJson, unexpectedStatus } from './binding'

/** The HTTP+JSON binding (§11). */
export function httpJsonBinding(chosen: ChosenInterface): Binding {
  const base = chosen.url.replace(/\/+$/, '')
  return {
    write(operation, request) {
      const call = encodeRestRequest(operation, request)
      const headers: Record<string, string> = { accept: `${A2A_JSON}, ${JSON_TYPE}` }
      if (call.body !== undefined) headers['content-type'] = A2A_JSON
      const body = call.body === undefined ? undefined : bodyOf(call.body)
      return { url: base + call.path, method: call.method, headers, body, operation }
    },
    read(response, _id, now) {
      const { status } = response
      if (status >= 200 && status < 300) return requiredJson(response)
      if (status < 400) throw unexpectedStatus(response)
      throw withRetryAfter(decodeRestError(jsonOf(response), status), response, now)
    },
  }
}
