import { readJsonObject } from '../json/free-form'
import { isFields, isUnset, type Reader, readBoolean, readRequired, readString, requireString } from '../json/read'
import { invalid } from '../json/violations'
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

const readStatusUpdate: Reader<TaskStatusUpdateEvent> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const event: TaskStatusUpdateEvent = {
    taskId: requireString(value.taskId ?? value.task_id, 'taskId', out),
    // REQUIRED, but a task without a context has none to give: be as lenient as Task is.
    contextId: readString(value.contextId ?? value.context_id, 'contextId', out) ?? '',
    status: readRequired(readTaskStatus, value.status, 'status', out),
  }
  const metadata = readJsonObject(value.metadata, 'metadata', out)
  if (metadata) event.metadata = metadata
  return event
}

const readArtifactUpdate: Reader<TaskArtifactUpdateEvent> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const event: TaskArtifactUpdateEvent = {
    taskId: requireString(value.taskId ?? value.task_id, 'taskId', out),
    contextId: readString(value.contextId ?? value.context_id, 'contextId', out) ?? '',
    artifact: readRequired(readArtifact, value.artifact, 'artifact', out),
  }
  const metadata = readJsonObject(value.metadata, 'metadata', out)
  if (readBoolean(value.append, 'append', out)) event.append = true
  if (readBoolean(value.lastChunk ?? value.last_chunk, 'lastChunk', out)) event.lastChunk = true
  if (metadata) event.metadata = metadata
  return event
}

/** Reads a StreamResponse (§3.2.3). */
export const readStreamResponse: Reader<StreamResponse> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const { task, message } = value
  const statusUpdate = value.statusUpdate ?? value.status_update
  const artifactUpdate = value.artifactUpdate ?? value.artifact_update
  if ([task, message, statusUpdate, artifactUpdate].filter((member) => !isUnset(member)).length !== 1) {
    return invalid(out, '', 'must have exactly one of task, message, statusUpdate, artifactUpdate')
  }
  if (task) return { task: readRequired(readTask, task, 'task', out) }
  if (message) return { message: readRequired(readMessage, message, 'message', out) }
  if (statusUpdate) return { statusUpdate: readRequired(readStatusUpdate, statusUpdate, 'statusUpdate', out) }
  return { artifactUpdate: readRequired(readArtifactUpdate, artifactUpdate, 'artifactUpdate', out) }
}

/** Writes a StreamResponse. */
export function encodeStreamResponse(event: StreamResponse, options?: EncodeTaskOptions): WireStreamResponse {
  if ('artifactUpdate' in event) return event
  if ('task' in event) return { task: encodeTask(event.task, options) }
  if ('message' in event) return { message: encodeMessage(event.message) }
  return { statusUpdate: { ...event.statusUpdate, status: encodeTaskStatus(event.statusUpdate.status) } }
}

/** Reads a SendMessageResponse (§3.1.1). */
export const readSendMessageResponse: Reader<SendMessageResponse> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  if (isUnset(value.task) === isUnset(value.message)) return invalid(out, '', 'must have exactly one of task, message')
  return isUnset(value.task)
    ? { message: readRequired(readMessage, value.message, 'message', out) }
    : { task: readRequired(readTask, value.task, 'task', out) }
}

/** Writes a SendMessageResponse. */
export function encodeSendMessageResponse(
  response: SendMessageResponse,
  options?: EncodeTaskOptions,
): WireSendMessageResponse {
  return 'task' in response
    ? { task: encodeTask(response.task, options) }
    : { message: encodeMessage(response.message) }
}
