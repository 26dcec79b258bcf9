import {
  A2AError,
  decodeRequest,
  type ListTaskPushNotificationConfigsResponse,
  type Operation,
  type Requests,
} from '@pf-agents/a2a-protocol'
import { type JsonObject, PfError, type RequestInfo } from '@pf-agents/agent-core'
import type { Service } from '../service'

/**
 * Reads what an operation is asked with, upgraded to 1.0. 0.3 may ask for the push config of a task without saying which:
 * the one that bears the task's id, else the first.
 */
export async function readParams<K extends Operation>(
  service: Service,
  operation: K,
  upgraded: unknown,
  request: Request,
  info: RequestInfo,
): Promise<Requests[K]> {
  const { taskId, id } = (upgraded ?? {}) as JsonObject
  if (operation !== 'GetTaskPushNotificationConfig' || id !== undefined || typeof taskId !== 'string') {
    return decodeRequest(operation, upgraded)
  }
  const { configs } = (await service.perform(
    'ListTaskPushNotificationConfigs',
    decodeRequest('ListTaskPushNotificationConfigs', { taskId }),
    request,
    info,
    '0.3',
  )) as ListTaskPushNotificationConfigsResponse
  const config = configs.find((one) => one.id === taskId) ?? configs[0]
  if (config?.id === undefined) {
    throw new PfError('PF_TASK_NOT_FOUND', 'The task has no push notification config.', { details: { taskId } })
  }
  return decodeRequest(operation, { taskId, id: config.id })
}

/** The error for what is no request of 0.3. */
export function unknownOperation(): A2AError {
  return new A2AError('MethodNotFoundError', { message: 'There is no such operation.' })
}
