import { encodeListTasksRequest } from '../codec/list-tasks'
import { encodeSendMessageRequest } from '../codec/send-message'
import { decodeRequest } from '../decode'
import { A2AError } from '../error/a2a-error'
import { type Fields, isFields } from '../json/read'
import type { Operation, Requests } from '../operations'
import { isPathTenant, type RestMatch } from './routes'

const refuse = (field: string, description: string) =>
  new A2AError('InvalidParamsError', { violations: [{ field, description }] })

/** Members of requests that may come in a query (§11.5). None of them repeats or nests. */
const queryNames = new Set([
  'tenant',
  'contextId',
  'status',
  'pageSize',
  'pageToken',
  'historyLength',
  'statusTimestampAfter',
  'includeArtifacts',
])

/** Members of a request as a query gives them. Unknown parameters are ignored, empty ones count as not given. */
function readQuery(query: URLSearchParams): Fields {
  const fields: Fields = {}
  for (const [key, value] of query) {
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (!queryNames.has(name) || value === '') continue
    if (name in fields) throw refuse(name, 'is given more than once')
    // A query has strings only: booleans are the words, and enums may be given by number, as in a body.
    if (name === 'includeArtifacts' && (value === 'true' || value === 'false')) fields[name] = value === 'true'
    else fields[name] = name === 'status' && /^\d$/.test(value) ? Number(value) : value
  }
  return fields
}

/**
 * Reads an HTTP+JSON request into what its operation is asked with: body or query, then the path, which goes first.
 *
 * @param match - from {@link matchRestRoute}
 * @param query - the query of the URL; looked at for GET and DELETE only
 * @param body - the parsed body; `undefined` where it was empty, which is the same as `{}` (§11.4)
 * @throws A2AError `InvalidParamsError`
 */
export function decodeRestRequest<K extends Operation>(
  match: RestMatch & { operation: K },
  query: URLSearchParams,
  body?: unknown,
): Requests[K] {
  const { operation, path, tenant } = match
  const given = body ?? {}
  if (!isFields(given)) throw refuse('', 'must be an object')
  const fields: Fields = { ...readQuery(query), ...given, ...path }
  if (tenant !== undefined) {
    if (fields.tenant && fields.tenant !== tenant) throw refuse('tenant', 'is not the one of the path')
    fields.tenant = tenant
  }
  return decodeRequest(operation, fields)
}

/** An HTTP+JSON request, to be put behind the interface's URL. */
export interface RestCall {
  method: 'GET' | 'POST' | 'DELETE'
  /** Percent-encoded path, and the query where there is one. */
  path: string
  /** What is sent as JSON. */
  body?: unknown
}

function encodeSegment(id: string): string {
  // A URL parser would take these for "here" and "one up", encoded or not.
  if (id === '.' || id === '..' || id === '') throw refuse('id', 'can not be put into a path')
  try {
    return encodeURIComponent(id)
  } catch (cause) {
    throw new A2AError('InvalidParamsError', {
      violations: [{ field: 'id', description: 'is not valid Unicode' }],
      cause,
    })
  }
}

function queryOf(fields: Fields): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      query.set(name, `${value}`)
  }
  const text = query.toString()
  return text && `?${text}`
}

/**
 * Writes what an operation is asked with as an HTTP+JSON request (§11.3). A tenant that a path can hold goes into the path,
 * any other into body or query. SubscribeToTask is a POST; a peer that answers 404 or 405 may take GET.
 */
export function encodeRestRequest<K extends Operation>(operation: K, request: Requests[K]): RestCall {
  const { id, taskId, tenant, ...others } = request as Fields & { id?: string; taskId?: string; tenant?: string }
  const inPath = tenant !== undefined && isPathTenant(tenant)
  const prefix = inPath ? `/${tenant}` : ''
  const rest: Fields = tenant !== undefined && !inPath ? { ...others, tenant } : others
  const task = () => `${prefix}/tasks/${encodeSegment(id ?? '')}`
  const configs = () => `${prefix}/tasks/${encodeSegment(taskId ?? '')}/pushNotificationConfigs`
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage': {
      const body = encodeSendMessageRequest(rest as unknown as Requests['SendMessage'])
      return { method: 'POST', path: `${prefix}/message:${operation === 'SendMessage' ? 'send' : 'stream'}`, body }
    }
    case 'ListTasks':
      return { method: 'GET', path: `${prefix}/tasks${queryOf({ ...encodeListTasksRequest(rest) })}` }
    case 'CancelTask':
    case 'SubscribeToTask':
      return { method: 'POST', path: `${task()}:${operation === 'CancelTask' ? 'cancel' : 'subscribe'}`, body: rest }
    case 'CreateTaskPushNotificationConfig':
      return { method: 'POST', path: configs(), body: id === undefined ? rest : { id, ...rest } }
    case 'ListTaskPushNotificationConfigs':
      return { method: 'GET', path: configs() + queryOf(rest) }
    case 'GetTaskPushNotificationConfig':
      return { method: 'GET', path: `${configs()}/${encodeSegment(id ?? '')}${queryOf(rest)}` }
    case 'DeleteTaskPushNotificationConfig':
      return { method: 'DELETE', path: `${configs()}/${encodeSegment(id ?? '')}${queryOf(rest)}` }
    case 'GetExtendedAgentCard':
      return { method: 'GET', path: `${prefix}/extendedAgentCard${queryOf(rest)}` }
    default:
      return { method: 'GET', path: task() + queryOf(rest) }
  }
}
