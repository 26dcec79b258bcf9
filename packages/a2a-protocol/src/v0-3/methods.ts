import type { Operation } from '../operations'

/** The JSON-RPC methods of 0.3, and what each is in 1.0. */
const operations = {
  'message/send': 'SendMessage',
  'message/stream': 'SendStreamingMessage',
  'tasks/get': 'GetTask',
  'tasks/cancel': 'CancelTask',
  'tasks/resubscribe': 'SubscribeToTask',
  'tasks/pushNotificationConfig/set': 'CreateTaskPushNotificationConfig',
  'tasks/pushNotificationConfig/get': 'GetTaskPushNotificationConfig',
  'tasks/pushNotificationConfig/list': 'ListTaskPushNotificationConfigs',
  'tasks/pushNotificationConfig/delete': 'DeleteTaskPushNotificationConfig',
  'agent/getAuthenticatedExtendedCard': 'GetExtendedAgentCard',
} as const satisfies Record<string, Operation>

/** A JSON-RPC method of 0.3. */
export type V03Method = keyof typeof operations

/** The operation that a method of 0.3 stands for; `undefined` where there is no such method. */
export function operationOfV03(method: string): Operation | undefined {
  return Object.hasOwn(operations, method) ? operations[method as V03Method] : undefined
}

/** The method of 0.3 for an operation; `undefined` where 0.3 has none (ListTasks). */
export function methodOfV03(operation: Operation): V03Method | undefined {
  return (Object.keys(operations) as V03Method[]).find((method) => operations[method] === operation)
}
