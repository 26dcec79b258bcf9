import type { Message, Task } from '@pf-agents/agent-core'
import { readAgentCard } from './codec/agent-card'
import { readListTasksRequest, readListTasksResponse } from './codec/list-tasks'
import { readMessage } from './codec/message'
import {
  readCreatePushNotificationConfigRequest,
  readListPushNotificationConfigsRequest,
  readListPushNotificationConfigsResponse,
  readPushNotificationConfig,
  readPushNotificationConfigReference,
} from './codec/push-notification-config'
import { readSendMessageRequest } from './codec/send-message'
import { readSendMessageResponse, readStreamResponse } from './codec/stream-response'
import { readTask } from './codec/task'
import {
  readCancelTaskRequest,
  readGetExtendedAgentCardRequest,
  readGetTaskRequest,
  readSubscribeToTaskRequest,
} from './codec/task-requests'
import { A2AError } from './error/a2a-error'
import type { A2AErrorKind } from './error/error-table'
import type { Reader } from './json/read'
import type { Violations } from './json/violations'
import type { Operation, Requests } from './operations'
import type { AgentCard } from './wire/agent-card'
import type { TaskPushNotificationConfig } from './wire/push-notification-config'
import type { ListTaskPushNotificationConfigsResponse, ListTasksResponse, SendMessageResponse } from './wire/responses'
import type { StreamResponse } from './wire/stream-response'

function decode<T>(read: Reader<T>, value: unknown, kind: A2AErrorKind = 'InvalidAgentResponseError'): T {
  const violations: Violations = []
  const result = read(value, violations)
  if (violations.length > 0) {
    // What a peer got wrong must not go out to our own caller as if it were about its request.
    throw new A2AError(kind, { violations, remote: kind === 'InvalidAgentResponseError' ? { details: [] } : undefined })
  }
  return result
}

const readers: { [K in Operation]: Reader<Requests[K]> } = {
  SendMessage: readSendMessageRequest,
  SendStreamingMessage: readSendMessageRequest,
  GetTask: readGetTaskRequest,
  ListTasks: readListTasksRequest,
  CancelTask: readCancelTaskRequest,
  SubscribeToTask: readSubscribeToTaskRequest,
  CreateTaskPushNotificationConfig: readCreatePushNotificationConfigRequest,
  GetTaskPushNotificationConfig: readPushNotificationConfigReference,
  ListTaskPushNotificationConfigs: readListPushNotificationConfigsRequest,
  DeleteTaskPushNotificationConfig: readPushNotificationConfigReference,
  GetExtendedAgentCard: readGetExtendedAgentCardRequest,
}

/**
 * Reads what an operation is asked with: JSON-RPC params, or the body, path and query of HTTP+JSON as one object.
 * Missing params count as `{}`. The value is not changed; what it carries is not copied without need.
 *
 * @throws A2AError `InvalidParamsError` that lists every wrong field
 * @example
 * ```ts
 * const { message, configuration } = decodeRequest('SendMessage', request.params)
 * ```
 */
export function decodeRequest<K extends Operation>(operation: K, params: unknown): Requests[K] {
  return decode(readers[operation], params ?? {}, 'InvalidParamsError')
}

/** Reads a peer's Task (§4.1.1). @throws A2AError `InvalidAgentResponseError` */
export function decodeTask(value: unknown): Task {
  return decode(readTask, value)
}

/** Reads a peer's Message (§4.1.4). @throws A2AError `InvalidAgentResponseError` */
export function decodeMessage(value: unknown): Message {
  return decode(readMessage, value)
}

/** Reads the answer to SendMessage (§3.1.1). @throws A2AError `InvalidAgentResponseError` */
export function decodeSendMessageResponse(value: unknown): SendMessageResponse {
  return decode(readSendMessageResponse, value)
}

/** Reads one event of a stream or push notification (§3.2.3). @throws A2AError `InvalidAgentResponseError` */
export function decodeStreamResponse(value: unknown): StreamResponse {
  return decode(readStreamResponse, value)
}

/** Reads the answer to ListTasks (§3.1.4). @throws A2AError `InvalidAgentResponseError` */
export function decodeListTasksResponse(value: unknown): ListTasksResponse {
  return decode(readListTasksResponse, value)
}

/** Reads the answer to Create- and GetTaskPushNotificationConfig. @throws A2AError `InvalidAgentResponseError` */
export function decodePushNotificationConfig(value: unknown): TaskPushNotificationConfig {
  return decode(readPushNotificationConfig, value)
}

/** Reads the answer to ListTaskPushNotificationConfigs (§3.1.9). @throws A2AError `InvalidAgentResponseError` */
export function decodeListPushNotificationConfigsResponse(value: unknown): ListTaskPushNotificationConfigsResponse {
  return decode(readListPushNotificationConfigsResponse, value)
}

/** Reads an agent card (§4.4.1). @throws A2AError `InvalidAgentResponseError` */
export function decodeAgentCard(value: unknown): AgentCard {
  return decode(readAgentCard, value)
}
