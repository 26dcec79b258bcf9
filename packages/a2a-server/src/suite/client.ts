import { ok } from './check'

/** What a case sends requests with. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** JSON as it came; cases look at the wire, not at types. */
// oxlint-disable-next-line typescript/no-explicit-any -- the very thing under test
export type Json = any

/** A body as JSON. */
export function jsonOf(response: Response): Promise<Json> {
  return response.json()
}

/** A call's answer, the same from both bindings. */
export interface Answer {
  status: number
  headers: Headers
  body: Json
  result?: Json
  /** `reason` is that of ErrorInfo. */
  error?: { code: number; message: string; reason?: string; details: Json[] }
}

/** How a call is made beside its params. */
export interface CallOptions {
  headers?: Record<string, string>
  /** Behind the base URL; default where the binding is served. */
  path?: string
}

/** One binding, spoken by hand: what is tested must not help testing itself. */
export interface Binding {
  name: 'JSON-RPC' | 'HTTP+JSON'
  call(fetch: Fetch, baseUrl: string, operation: string, params?: Json, options?: CallOptions): Promise<Answer>
}

const usual = { 'content-type': 'application/json', 'a2a-version': '1.0' }

function detailsOf(list: Json): { reason?: string; details: Json[] } {
  const details = Array.isArray(list) ? list : []
  const info = details.find((one) => one['@type'] === 'type.googleapis.com/google.rpc.ErrorInfo')
  return info === undefined ? { details } : { reason: info.reason, details }
}

/** JSON-RPC 2.0 over POST. */
export const jsonRpc: Binding = {
  name: 'JSON-RPC',
  async call(fetch, baseUrl, method, params, { headers, path = '/' } = {}) {
    const request = { jsonrpc: '2.0', id: 'call-1', method, ...(params !== undefined && { params }) }
    const response = await fetch(baseUrl + path, {
      method: 'POST',
      headers: { ...usual, ...headers },
      body: JSON.stringify(request),
    })
    const body = await jsonOf(response)
    ok(body.jsonrpc === '2.0', 'a JSON-RPC answer')
    const answer: Answer = { status: response.status, headers: response.headers, body }
    if ('error' in body)
      answer.error = { code: body.error.code, message: body.error.message, ...detailsOf(body.error.data) }
    else answer.result = body.result
    return answer
  },
}

function restCall(operation: string, params: Json): { method: string; path: string; body?: Json } {
  const { id, taskId, ...rest } = params
  const query = new URLSearchParams(
    Object.entries(rest).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString()
  const search = query === '' ? '' : `?${query}`
  const task = `/tasks/${encodeURIComponent(id ?? '')}`
  const configs = `/tasks/${encodeURIComponent(taskId ?? '')}/pushNotificationConfigs`
  switch (operation) {
    case 'SendMessage':
      return { method: 'POST', path: '/message:send', body: params }
    case 'SendStreamingMessage':
      return { method: 'POST', path: '/message:stream', body: params }
    case 'GetTask':
      return { method: 'GET', path: task + search }
    case 'ListTasks':
      return { method: 'GET', path: `/tasks${search}` }
    case 'CancelTask':
      return { method: 'POST', path: `${task}:cancel`, body: rest }
    case 'SubscribeToTask':
      return { method: 'POST', path: `${task}:subscribe`, body: rest }
    case 'CreateTaskPushNotificationConfig':
      return { method: 'POST', path: configs, body: { id, ...rest } }
    case 'GetTaskPushNotificationConfig':
      return { method: 'GET', path: `${configs}/${id}` }
    case 'ListTaskPushNotificationConfigs':
      return { method: 'GET', path: configs + search }
    case 'DeleteTaskPushNotificationConfig':
      return { method: 'DELETE', path: `${configs}/${id}` }
    default:
      return { method: 'GET', path: '/extendedAgentCard' }
  }
}

/** HTTP+JSON. */
export const rest: Binding = {
  name: 'HTTP+JSON',
  async call(fetch, baseUrl, operation, params = {}, { headers, path = '' } = {}) {
    const call = restCall(operation, params)
    const init: RequestInit = {
      method: call.method,
      headers: call.body === undefined ? { 'a2a-version': '1.0', ...headers } : { ...usual, ...headers },
    }
    if (call.body !== undefined) init.body = JSON.stringify(call.body)
    const response = await fetch(baseUrl + path + call.path, init)
    const body = await jsonOf(response)
    const answer: Answer = { status: response.status, headers: response.headers, body }
    if (response.ok) answer.result = body
    else answer.error = { code: body.error.code, message: body.error.message, ...detailsOf(body.error.details) }
    return answer
  },
}

/** Both bindings. */
export const bindings: readonly Binding[] = [jsonRpc, rest]
