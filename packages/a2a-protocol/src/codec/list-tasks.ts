import { isFields, isUnset, readBoolean, readInt, type Reader, readList, readString } from '../json/read'
import { readTimestamp } from '../json/timestamp'
import { invalid } from '../json/violations'
import type { ListTasksRequest, WireListTasksRequest } from '../wire/requests'
import type { ListTasksResponse, WireListTasksResponse } from '../wire/responses'
import { requireTaskState, wireTaskStates } from './enums'
import { encodeTask, readTask } from './task'

/** Tasks per page where the caller does not say (§3.1.4). */
export const DEFAULT_PAGE_SIZE = 50

/** The most tasks a page may have (§3.1.4). */
export const MAX_PAGE_SIZE = 100

/** Reads the params of ListTasks (§3.1.4). A page size outside 1 to 100 is refused, not clamped. */
export const readListTasksRequest: Reader<ListTasksRequest> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const request: ListTasksRequest = {}
  const tenant = readString(value.tenant, 'tenant', out)
  const contextId = readString(value.contextId ?? value.context_id, 'contextId', out)
  const status =
    isUnset(value.status) || value.status === '' ? undefined : requireTaskState(value.status, 'status', out)
  const pageSize = readInt(value.pageSize ?? value.page_size, 'pageSize', out, 1, MAX_PAGE_SIZE)
  const pageToken = readString(value.pageToken ?? value.page_token, 'pageToken', out)
  const historyLength = readInt(value.historyLength ?? value.history_length, 'historyLength', out, 0)
  const after = value.statusTimestampAfter ?? value.status_timestamp_after
  const statusTimestampAfter = readTimestamp(after, 'statusTimestampAfter', out, true)
  const includeArtifacts = readBoolean(value.includeArtifacts ?? value.include_artifacts, 'includeArtifacts', out)
  if (tenant) request.tenant = tenant
  if (contextId) request.contextId = contextId
  if (status && status !== 'unspecified') request.status = status
  if (pageSize !== undefined) request.pageSize = pageSize
  if (pageToken) request.pageToken = pageToken
  if (historyLength !== undefined) request.historyLength = historyLength
  if (statusTimestampAfter) request.statusTimestampAfter = statusTimestampAfter
  if (includeArtifacts !== undefined) request.includeArtifacts = includeArtifacts
  return request
}

/** Writes the params of ListTasks. */
export function encodeListTasksRequest(request: ListTasksRequest): WireListTasksRequest {
  const { status, ...rest } = request
  return status && status !== 'unspecified' ? { ...rest, status: wireTaskStates[status] } : rest
}

/** Reads the answer to ListTasks. Older peers leave out members that are REQUIRED; they get their defaults. */
export const readListTasksResponse: Reader<ListTasksResponse> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const tasks = readList(readTask, value.tasks, 'tasks', out) ?? []
  return {
    tasks,
    nextPageToken: readString(value.nextPageToken ?? value.next_page_token, 'nextPageToken', out) ?? '',
    pageSize: readInt(value.pageSize ?? value.page_size, 'pageSize', out) ?? tasks.length,
    totalSize: readInt(value.totalSize ?? value.total_size, 'totalSize', out) ?? tasks.length,
  }
}

/** Writes the answer to ListTasks, cut to what the request asked for. All four members are always written (§3.1.4). */
export function encodeListTasksResponse(
  page: ListTasksResponse,
  request: ListTasksRequest = {},
): WireListTasksResponse {
  const options = { historyLength: request.historyLength, includeArtifacts: request.includeArtifacts ?? false }
  const { nextPageToken, pageSize, totalSize } = page
  return { tasks: page.tasks.map((task) => encodeTask(task, options)), nextPageToken, pageSize, totalSize }
}
