import { A2AError } from '../error/a2a-error'
import { encodeSendMessageRequest } from '../codec/send-message'
import { type Fields, isFields } from '../json/read'
import type { Operation, Requests } from '../operations'
import { encodeRestRequest, type RestCall } from '../rest/request'
import { matchRestRoute, type RestMatch } from '../rest/routes'
import { memberOf, present } from './form'
import { toV03Params, upgradeV03Params } from './params'

/** What the paths of 0.3 begin with, behind the address of the interface. */
const prefix = '/v1'

/**
 * Finds the operation of a 0.3 HTTP+JSON request.
 *
 * @param path - what follows the interface's URL, still percent-encoded, without the query: `/v1/tasks/t-1:cancel`
 * @returns the match; `undefined` where it is no path of 0.3
 * @throws A2AError `InvalidParamsError` where a segment is not percent-encoded UTF-8
 */
export function matchV03Route(method: string, path: string): RestMatch | undefined {
  if (!path.startsWith(`${prefix}/`)) return undefined
  const rest = path.slice(prefix.length)
  if (method === 'GET' && rest === '/card') return { operation: 'GetExtendedAgentCard', path: {} }
  const match = matchRestRoute(method, rest)
  // Tenants, and the other name of the extended card, came with 1.0.
  return match === undefined || match.tenant !== undefined || rest === '/extendedAgentCard' ? undefined : match
}

/**
 * Makes of a 0.3 HTTP+JSON request the params of the operation in 1.0, for the reader of 1.0 to check.
 *
 * @param body - the parsed body; `undefined` where it was empty
 */
export function upgradeV03RestParams({ operation, path }: RestMatch, query: URLSearchParams, body: unknown): unknown {
  if (body !== undefined && !isFields(body)) return body
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage':
      return upgradeV03Params(operation, body ?? {})
    case 'CreateTaskPushNotificationConfig': {
      const params = upgradeV03Params(operation, { ...body, taskId: path.taskId })
      // A bare config is taken, too: the path says the rest.
      return body !== undefined && memberOf(body, 'url') !== undefined
        ? upgradeV03Params(operation, { taskId: path.taskId, pushNotificationConfig: body })
        : params
    }
    case 'GetTask':
      return present({ ...path, historyLength: query.get('historyLength') ?? query.get('history_length') ?? undefined })
    case 'ListTasks':
      return Object.fromEntries(query)
    default:
      return { ...path }
  }
}

/**
 * Writes what an operation of 1.0 is asked with as a 0.3 HTTP+JSON request, in the form of its proto.
 *
 * @throws A2AError `UnsupportedOperationError` for ListTasks
 */
export function encodeV03RestRequest<K extends Operation>(operation: K, request: Requests[K]): RestCall {
  if (operation === 'ListTasks') throw new A2AError('UnsupportedOperationError', { message: unlisted })
  const { tenant: _tenant, ...rest } = request as Fields
  const { method, path } = encodeRestRequest(operation, rest as unknown as Requests[K])
  if (operation === 'GetExtendedAgentCard') return { method: 'GET', path: `${prefix}/card` }
  const call: RestCall = { method, path: prefix + path }
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage': {
      const wire = encodeSendMessageRequest(rest as unknown as Requests['SendMessage'])
      return { ...call, body: toV03Params(operation, wire as unknown as Requests[K], 'proto') }
    }
    case 'CreateTaskPushNotificationConfig': {
      const config = toV03Params(operation, request, 'proto')
      const { taskId, id } = request as Requests['CreateTaskPushNotificationConfig']
      // Servers read the proto's request; the config beside it is what the JavaScript client of 0.3 sends.
      return { ...call, body: present({ parent: `tasks/${taskId}`, configId: id, config, ...config }) }
    }
    case 'CancelTask':
    case 'SubscribeToTask':
      return { ...call, body: {} }
    default:
      return call
  }
}

/** Why tasks can't be listed. */
const unlisted = 'An agent of A2A 0.3 can not list its tasks.'
