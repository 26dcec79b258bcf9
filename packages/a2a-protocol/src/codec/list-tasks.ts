import type { Task, TaskState } from '@pf-agents/agent-core'
import { readId, readPageToken } from '../json/id'
import { intBetween, isUnset, listOf, readBoolean, readString, type Reader, withDefault } from '../json/read'
import { shape } from '../json/shape'
import { readTimestamp } from '../json/timestamp'
import type { Violations } from '../json/violations'
import type { ListTasksRequest, WireListTasksRequest } from '../wire/requests'
import type { ListTasksResponse, WireListTasksResponse } from '../wire/responses'
import { requireTaskState, wireTaskStates } from './enums'
import { encodeTask, readTask } from './task'

/** Tasks per page where the caller does not say (§3.1.4). */
export const DEFAULT_PAGE_SIZE = 50

/** The most tasks a page may have (§3.1.4). */
export const MAX_PAGE_SIZE = 100

/** TASK_STATE_UNSPECIFIED is the default of proto3 and means "not set". */
function readState(value: unknown, field: string, out: Violations): TaskState | undefined {
  const state = isUnset(value) ? undefined : requireTaskState(value, field, out)
  return state === 'unspecified' ? undefined : state
}

/** Reads the params of ListTasks (§3.1.4). A page size outside 1 to 100 is refused, not clamped. */
export const readListTasksRequest = /* @__PURE__ */ shape<ListTasksRequest>({
  tenant: readId,
  contextId: readId,
  status: readState,
  pageSize: /* @__PURE__ */ intBetween(1, MAX_PAGE_SIZE),
  pageToken: readPageToken,
  historyLength: /* @__PURE__ */ intBetween(0),
  statusTimestampAfter: (value, field, out) => readTimestamp(value, field, out, true),
  includeArtifacts: readBoolean,
})

/** Writes the params of ListTasks. */
export function encodeListTasksRequest(request: ListTasksRequest): WireListTasksRequest {
  const { status, ...rest } = request
  return status && status !== 'unspecified' ? { ...rest, status: wireTaskStates[status] } : rest
}

/** Reads the answer to ListTasks. Some peers leave out members that are REQUIRED. */
export const readListTasksResponse: Reader<ListTasksResponse> = /* @__PURE__ */ shape<ListTasksResponse>({
  tasks: /* @__PURE__ */ withDefault(/* @__PURE__ */ listOf(readTask), (): Task[] => []),
  nextPageToken: /* @__PURE__ */ withDefault(readString, () => ''),
  pageSize: /* @__PURE__ */ withDefault(/* @__PURE__ */ intBetween(0), () => 0),
  totalSize: /* @__PURE__ */ withDefault(/* @__PURE__ */ intBetween(0), () => 0),
})

/** Writes the answer to ListTasks, cut to what the request asked for. All four members are always written (§3.1.4). */
export function encodeListTasksResponse(
  page: ListTasksResponse,
  request: ListTasksRequest = {},
): WireListTasksResponse {
  const options = { historyLength: request.historyLength, includeArtifacts: request.includeArtifacts ?? false }
  const { nextPageToken, pageSize, totalSize } = page
  return { tasks: page.tasks.map((task) => encodeTask(task, options)), nextPageToken, pageSize, totalSize }
}
