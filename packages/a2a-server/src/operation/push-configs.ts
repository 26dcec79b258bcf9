import { A2AError, type Operation, type Requests, type TaskPushNotificationConfig } from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import type { Endpoint } from '../endpoint'
import type { AttachedConfig, PushCaller, PushService, WireVersion } from '../push-port/push-service'

/** The operations on push notification configs (A2A 1.0, 3.1.7 to 3.1.10). */
export type PushOperation = Extract<Operation, `${string}PushNotificationConfig${string}`>

/** Whether an operation is about push notification configs. */
export function isPushOperation(operation: Operation): operation is PushOperation {
  return operation.includes('PushNotificationConfig')
}

/** Carries one out. @throws A2AError PushNotificationNotSupportedError where no feature keeps configs */
export async function performPush(
  push: PushService | undefined,
  operation: PushOperation,
  params: Requests[PushOperation],
  caller: PushCaller,
): Promise<object> {
  if (push === undefined) throw unsupported()
  switch (operation) {
    case 'CreateTaskPushNotificationConfig':
      return push.create(params as Requests['CreateTaskPushNotificationConfig'], caller)
    case 'ListTaskPushNotificationConfigs':
      return push.list(params as Requests['ListTaskPushNotificationConfigs'], caller)
    default: {
      const { taskId, id } = params as Requests['GetTaskPushNotificationConfig']
      if (operation === 'GetTaskPushNotificationConfig') return push.get(taskId, id, caller)
      await push.delete(taskId, id, caller)
      return {}
    }
  }
}

/** Takes the config that comes with a message, if one does. */
export async function attachPush(
  push: PushService | undefined,
  config: TaskPushNotificationConfig | undefined,
  taskId: string | undefined,
  caller: PushCaller,
): Promise<AttachedConfig | undefined> {
  if (config === undefined) return undefined
  if (push === undefined) throw unsupported()
  return push.attach(config, taskId, caller)
}

/** Who asks, as the push service wants it. */
export function callerOf(endpoint: Endpoint, { principal }: RequestInfo, version: WireVersion): PushCaller {
  return { tenant: endpoint.tenant, principal, runtime: endpoint.runtime, version }
}

function unsupported(): A2AError {
  return new A2AError('PushNotificationNotSupportedError')
}
