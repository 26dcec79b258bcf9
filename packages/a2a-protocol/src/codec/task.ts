import type { Artifact, Message, Task, TaskStatus } from '@pf-agents/agent-core'
import { readJsonObject } from '../json/free-form'
import { listOf, optional, type Reader, readString, required, requireString, withDefault } from '../json/read'
import { shape } from '../json/shape'
import { readTimestamp } from '../json/timestamp'
import type { WireTask, WireTaskStatus } from '../wire/task'
import { readArtifact } from './artifact'
import { requireTaskState, wireTaskStates } from './enums'
import { encodeMessage, readMessage } from './message'

/** Reads a TaskStatus (§4.1.2). Peers may leave the time out; it is then `''`. */
export const readTaskStatus: Reader<TaskStatus> = /* @__PURE__ */ shape<TaskStatus>({
  state: requireTaskState,
  timestamp: /* @__PURE__ */ withDefault(readTimestamp, () => ''),
  message: /* @__PURE__ */ optional(readMessage),
})

/** Reads a Task (§4.1.1). Peers may leave the context out; it is then `''`. */
export const readTask: Reader<Task> = /* @__PURE__ */ shape<Task>({
  id: requireString,
  contextId: /* @__PURE__ */ withDefault(readString, () => ''),
  status: /* @__PURE__ */ required(readTaskStatus),
  artifacts: /* @__PURE__ */ withDefault(/* @__PURE__ */ listOf(readArtifact), (): Artifact[] => []),
  history: /* @__PURE__ */ withDefault(/* @__PURE__ */ listOf(readMessage), (): Message[] => []),
  metadata: readJsonObject,
})

/** Writes a TaskStatus. */
export function encodeTaskStatus(status: TaskStatus): WireTaskStatus {
  const wire: WireTaskStatus = { state: wireTaskStates[status.state] }
  if (status.message) wire.message = encodeMessage(status.message)
  if (status.timestamp) wire.timestamp = status.timestamp
  return wire
}

/** How much of a task is written. */
export interface EncodeTaskOptions {
  /** At most so many of the newest messages; 0 leaves history out; unset writes all (§3.2.4). */
  historyLength?: number | undefined
  /** `false` leaves artifacts out, `true` writes them even where there are none (§3.1.4); unset writes them where there are any. */
  includeArtifacts?: boolean | undefined
}

/** The newest messages that a history length asks for, oldest first (§3.2.4). The list itself where that is all of it. */
export function limitHistory(history: Message[], historyLength: number | undefined): Message[] {
  if (historyLength === undefined || historyLength >= history.length) return history
  return historyLength === 0 ? [] : history.slice(-historyLength)
}

/**
 * Writes a Task. Members with their default value are left out; parts, artifacts and metadata are not copied.
 *
 * @example
 * ```ts
 * const body = JSON.stringify(encodeTask(task, { historyLength: request.historyLength }))
 * ```
 */
export function encodeTask(task: Task, options: EncodeTaskOptions = {}): WireTask {
  const wire: WireTask = { id: task.id, status: encodeTaskStatus(task.status) }
  if (task.contextId) wire.contextId = task.contextId
  if (options.includeArtifacts ?? task.artifacts.length > 0) wire.artifacts = task.artifacts
  const history = limitHistory(task.history, options.historyLength)
  if (history.length > 0) wire.history = history.map(encodeMessage)
  if (task.metadata) wire.metadata = task.metadata
  return wire
}
