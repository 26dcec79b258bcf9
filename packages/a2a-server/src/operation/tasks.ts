import {
  A2AError,
  type CancelTaskRequest,
  decodeCursor,
  DEFAULT_PAGE_SIZE,
  encodeCursor,
  type GetTaskRequest,
  type ListTasksRequest,
} from '@pf-agents/a2a-protocol'
import { type ListInput, PfError, type RequestInfo, type TaskCursor } from '@pf-agents/agent-core'
import type { Endpoint } from '../endpoint'
import { encodeStoredTask } from './encode-stored-task'

/** GetTask (A2A 1.0, 3.1.3). */
export async function getTask(
  endpoint: Endpoint,
  { id, historyLength }: GetTaskRequest,
  info: RequestInfo,
): Promise<object> {
  const stored = await endpoint.runtime.task(id, info.principal)
  if (stored === undefined) throw new PfError('PF_TASK_NOT_FOUND', undefined, { details: { taskId: id } })
  return encodeStoredTask(stored, { historyLength })
}

/** CancelTask (3.1.5): aborts the run, wherever it runs. */
export async function cancelTask(endpoint: Endpoint, { id }: CancelTaskRequest, info: RequestInfo): Promise<object> {
  return encodeStoredTask(await endpoint.runtime.cancel(id, info.principal), {})
}

/** ListTasks (3.1.4): newest status first, pages by a cursor that a changed task can't empty. */
export async function listTasks(endpoint: Endpoint, request: ListTasksRequest, info: RequestInfo): Promise<object> {
  const { contextId, status, statusTimestampAfter, pageToken, historyLength, pageSize = DEFAULT_PAGE_SIZE } = request
  const input: ListInput = { principal: info.principal, pageSize }
  if (contextId !== undefined) input.contextId = contextId
  if (status !== undefined) input.state = status
  if (statusTimestampAfter !== undefined) input.updatedSince = statusTimestampAfter
  if (pageToken !== undefined) input.after = cursorOf(pageToken)
  const { tasks, next, total } = await endpoint.runtime.list(input)
  const options = { historyLength, includeArtifacts: request.includeArtifacts ?? false }
  return {
    tasks: tasks.map((one) => encodeStoredTask(one, options)),
    nextPageToken: next === undefined ? '' : encodeCursor([next.timestamp, next.taskId]),
    pageSize,
    totalSize: total,
  }
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function cursorOf(pageToken: string): TaskCursor {
  const value = decodeCursor(pageToken)
  const [timestamp, taskId] = Array.isArray(value) && value.length === 2 ? value : []
  if (typeof timestamp !== 'string' || !isoTime.test(timestamp) || typeof taskId !== 'string') {
    throw new A2AError('InvalidParamsError', {
      violations: [{ field: 'pageToken', description: 'is not a page token' }],
    })
  }
  return { timestamp, taskId }
}
