import type {
  CancelTaskRequest,
  CreateTaskPushNotificationConfigRequest,
  DeleteTaskPushNotificationConfigRequest,
  GetExtendedAgentCardRequest,
  GetTaskPushNotificationConfigRequest,
  GetTaskRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTasksRequest,
  SendMessageRequest,
  SubscribeToTaskRequest,
} from './wire/requests'

/** What each operation is asked with (§3.1, §9.4). The names are also the JSON-RPC methods. */
export interface Requests {
  SendMessage: SendMessageRequest
  SendStreamingMessage: SendMessageRequest
  GetTask: GetTaskRequest
  ListTasks: ListTasksRequest
  CancelTask: CancelTaskRequest
  SubscribeToTask: SubscribeToTaskRequest
  CreateTaskPushNotificationConfig: CreateTaskPushNotificationConfigRequest
  GetTaskPushNotificationConfig: GetTaskPushNotificationConfigRequest
  ListTaskPushNotificationConfigs: ListTaskPushNotificationConfigsRequest
  DeleteTaskPushNotificationConfig: DeleteTaskPushNotificationConfigRequest
  GetExtendedAgentCard: GetExtendedAgentCardRequest
}

/** The name of an operation. */
export type Operation = keyof Requests

/** The capability of the agent card that an operation needs (§3.3.4). */
export type OperationCapability = 'streaming' | 'pushNotifications' | 'extendedAgentCard'

/** What an operation needs declared; `undefined` where it is always offered. */
export const operationCapabilities: Readonly<Record<Operation, OperationCapability | undefined>> = {
  SendMessage: undefined,
  SendStreamingMessage: 'streaming',
  GetTask: undefined,
  ListTasks: undefined,
  CancelTask: undefined,
  SubscribeToTask: 'streaming',
  CreateTaskPushNotificationConfig: 'pushNotifications',
  GetTaskPushNotificationConfig: 'pushNotifications',
  ListTaskPushNotificationConfigs: 'pushNotifications',
  DeleteTaskPushNotificationConfig: 'pushNotifications',
  GetExtendedAgentCard: 'extendedAgentCard',
}

/** Whether a JSON-RPC method is an operation of A2A 1.0. */
export function isOperation(method: string): method is Operation {
  return Object.hasOwn(operationCapabilities, method)
}

/** Whether an operation is answered with a stream of events. */
export function isStreaming(operation: Operation): operation is 'SendStreamingMessage' | 'SubscribeToTask' {
  return operationCapabilities[operation] === 'streaming'
}
