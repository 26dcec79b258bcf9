import type { Message, Task } from '@pf-agents/agent-core'
import { readJsonObject } from '../json/free-form'
import { optional, type Reader, readFlag, readString, required, requireString, withDefault } from '../json/read'
import { oneOf, shape } from '../json/shape'
import type { SendMessageResponse, WireSendMessageResponse } from '../wire/responses'
import type {
  StreamResponse,
  TaskArtifactUpdateEvent,
  TaskStatusUpdateEvent,
  WireStreamResponse,
} from '../wire/stream-response'
import { readArtifact } from './artifact'
import { encodeMessage, readMessage } from './message'
import { type EncodeTaskOptions, encodeTask, encodeTaskStatus, readTask, readTaskStatus } from './task'

/** REQUIRED in events, but a task without a context has none to give: as lenient as Task is. */
const contextId = /* @__PURE__ */ withDefault(readString, () => '')

const readStatusUpdate = /* @__PURE__ */ shape<TaskStatusUpdateEvent>({
  taskId: requireString,
  contextId,
  status: /* @__PURE__ */ required(readTaskStatus),
  metadata: readJsonObject,
})

const readArtifactUpdate = /* @__PURE__ */ shape<TaskArtifactUpdateEvent>({
  taskId: requireString,
  contextId,
  artifact: /* @__PURE__ */ required(readArtifact),
  append: readFlag,
  lastChunk: readFlag,
  metadata: readJsonObject,
})

/** Reads a StreamResponse (§3.2.3). */
export const readStreamResponse = /* @__PURE__ */ oneOf<{
  task?: Task
  message?: Message
  statusUpdate?: TaskStatusUpdateEvent
  artifactUpdate?: TaskArtifactUpdateEvent
}>({
  task: /* @__PURE__ */ optional(readTask),
  message: /* @__PURE__ */ optional(readMessage),
  statusUpdate: /* @__PURE__ */ optional(readStatusUpdate),
  artifactUpdate: /* @__PURE__ */ optional(readArtifactUpdate),
}) as Reader<object> as Reader<StreamResponse>

/** Writes a StreamResponse. */
export function encodeStreamResponse(event: StreamResponse, options?: EncodeTaskOptions): WireStreamResponse {
  if ('artifactUpdate' in event) return event
  if ('task' in event) return { task: encodeTask(event.task, options) }
  if ('message' in event) return { message: encodeMessage(event.message) }
  return { statusUpdate: { ...event.statusUpdate, status: encodeTaskStatus(event.statusUpdate.status) } }
}

/** Reads a SendMessageResponse (§3.1.1). */
export const readSendMessageResponse = /* @__PURE__ */ oneOf<{ task?: Task; message?: Message }>({
  task: /* @__PURE__ */ optional(readTask),
  message: /* @__PURE__ */ optional(readMessage),
}) as Reader<object> as Reader<SendMessageResponse>

/** Writes a SendMessageResponse. */
export function encodeSendMessageResponse(
  response: SendMessageResponse,
  options?: EncodeTaskOptions,
): WireSendMessageResponse {
  return 'task' in response
    ? { task: encodeTask(response.task, options) }
    : { message: encodeMessage(response.message) }
}
