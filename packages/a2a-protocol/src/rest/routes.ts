import { A2AError } from '../error/a2a-error'
import type { Operation } from '../operations'

/** An HTTP+JSON request matched to its operation, with what the path says. */
export interface RestMatch {
  operation: Operation
  /** Tenant from the path, where there is one. */
  tenant?: string
  /** Members of the request that the path gives; they go before those of the body. */
  path: { id?: string; taskId?: string }
}

/** First segments that are routes, so that no tenant may be called so (§11.3). */
const reserved = new Set(['tasks', 'message:send', 'message:stream', 'extendedAgentCard'])

const exact: Record<string, Operation> = {
  'POST message:send': 'SendMessage',
  'POST message:stream': 'SendStreamingMessage',
  'GET tasks': 'ListTasks',
  'GET extendedAgentCard': 'GetExtendedAgentCard',
}

/** The verb behind the last colon of a task's segment; an id may have colons of its own. */
const verbs: Record<string, Operation> = {
  'POST cancel': 'CancelTask',
  'POST subscribe': 'SubscribeToTask',
  // The proto maps GET, §5.3 and §11.3.2 say POST: both are served.
  'GET subscribe': 'SubscribeToTask',
}

const collectionMethods: Record<string, Operation> = {
  POST: 'CreateTaskPushNotificationConfig',
  GET: 'ListTaskPushNotificationConfigs',
}

const itemMethods: Record<string, Operation> = {
  GET: 'GetTaskPushNotificationConfig',
  DELETE: 'DeleteTaskPushNotificationConfig',
}

const lookUp = (table: Record<string, Operation>, key: string) => (Object.hasOwn(table, key) ? table[key] : undefined)

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new A2AError('InvalidParamsError', { message: 'The path is not percent-encoded UTF-8' })
  }
}

function matchSegments(method: string, segments: readonly string[]): RestMatch | undefined {
  const [first, second, third, fourth] = segments
  let operation: Operation | undefined
  if (segments.length === 1) {
    operation = lookUp(exact, `${method} ${first}`)
    return operation && { operation, path: {} }
  }
  if (first !== 'tasks' || second === undefined) return undefined
  const id = decodeSegment(second)
  if (segments.length === 2) {
    const colon = id.lastIndexOf(':')
    operation = colon < 0 ? undefined : lookUp(verbs, `${method} ${id.slice(colon + 1)}`)
    if (operation) return { operation, path: { id: id.slice(0, colon) } }
    return method === 'GET' ? { operation: 'GetTask', path: { id } } : undefined
  }
  if (third !== 'pushNotificationConfigs') return undefined
  if (fourth === undefined) {
    operation = lookUp(collectionMethods, method)
    return operation && { operation, path: { taskId: id } }
  }
  operation = segments.length === 4 ? lookUp(itemMethods, method) : undefined
  return operation && { operation, path: { taskId: id, id: decodeSegment(fourth) } }
}

/**
 * Finds the operation of an HTTP+JSON request (§5.3, §11.3). Routes without a tenant go first; then one leading segment is
 * taken as the tenant.
 *
 * @param method - HTTP method in upper case
 * @param path - what follows the interface's URL, still percent-encoded, without the query: `/tasks/t-1:cancel`
 * @returns the match, or `undefined` where there is no such route
 * @throws A2AError `InvalidParamsError` where a segment is not percent-encoded UTF-8
 */
export function matchRestRoute(method: string, path: string): RestMatch | undefined {
  const segments = path.split('/').slice(1)
  const match = matchSegments(method, segments)
  if (match) return match
  const [first, ...rest] = segments
  if (!first || rest.length === 0 || reserved.has(first)) return undefined
  const inner = matchSegments(method, rest)
  if (!inner) return undefined
  const tenant = decodeSegment(first)
  return reserved.has(tenant) ? undefined : { ...inner, tenant }
}

/** Whether a name may be a tenant of a path: not empty, and no route of its own. */
export function isPathTenant(tenant: string): boolean {
  return /^[A-Za-z0-9._~-]+$/.test(tenant) && tenant !== '.' && tenant !== '..' && !reserved.has(tenant)
}
