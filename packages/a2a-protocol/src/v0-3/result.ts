import { isFields } from '../json/read'
import type { Operation } from '../operations'
import type { AgentCard } from '../wire/agent-card'
import type { TaskPushNotificationConfig } from '../wire/push-notification-config'
import type { WireStreamResponse } from '../wire/stream-response'
import type { WireTask } from '../wire/task'
import { toV03Card, upgradeV03Card } from './card'
import { toV03Event, upgradeV03Event } from './event'
import { memberOf, translated, type V03Form } from './form'
import { downgradePushConfig, upgradePushConfig } from './push-config'
import { downgradeTask, upgradeTask } from './task'

/** Makes of an operation's result in 1.0 what 0.3 answers. */
export function toV03Result(operation: Operation, result: object, form: V03Form): unknown {
  switch (operation) {
    case 'SendMessage':
      return toV03Event(result as WireStreamResponse, form)
    case 'GetTask':
    case 'CancelTask':
      return downgradeTask(result as WireTask, form)
    case 'ListTasks': {
      const { tasks, ...rest } = result as { tasks: WireTask[] }
      return { ...rest, tasks: tasks.map((task) => downgradeTask(task, form)) }
    }
    case 'CreateTaskPushNotificationConfig':
    case 'GetTaskPushNotificationConfig':
      return downgradePushConfig(result as TaskPushNotificationConfig, form)
    case 'ListTaskPushNotificationConfigs': {
      const { configs, nextPageToken } = result as { configs: TaskPushNotificationConfig[]; nextPageToken: string }
      const list = configs.map((config) => downgradePushConfig(config, form))
      return form === 'kind' ? list : { configs: list, nextPageToken }
    }
    case 'DeleteTaskPushNotificationConfig':
      return form === 'kind' ? null : {}
    case 'GetExtendedAgentCard':
      return toV03Card(result as AgentCard, form)
    default:
      return result
  }
}

/** Makes of what a 0.3 agent answered, in either form, the result of the operation in 1.0, for the reader of 1.0 to check. */
export function upgradeV03Result(operation: Operation, result: unknown): unknown {
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage':
    case 'SubscribeToTask':
      return upgradeV03Event(result)
    case 'GetTask':
    case 'CancelTask':
      return translated(result, upgradeTask)
    case 'CreateTaskPushNotificationConfig':
    case 'GetTaskPushNotificationConfig':
      return upgradePushConfig(result)
    case 'ListTaskPushNotificationConfigs': {
      const list = isFields(result) ? (memberOf(result, 'configs') ?? []) : result
      return { configs: Array.isArray(list) ? list.map(upgradePushConfig) : list, nextPageToken: '' }
    }
    case 'DeleteTaskPushNotificationConfig':
      return {}
    case 'GetExtendedAgentCard':
      return upgradeV03Card(result)
    default:
      return result
  }
}
