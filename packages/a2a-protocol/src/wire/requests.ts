import type { JsonObject, Message, TaskState } from '@pf-agents/agent-core'
import type { WireMessage } from './message'
import type { TaskPushNotificationConfig } from './push-notification-config'
import type { WireTaskState } from './task'

interface Tenanted {
  /** Opaque routing string, copied from the chosen AgentInterface. Not a matter of authorisation. */
  tenant?: string
}

/** How the answer to a message is wanted (§3.2.2). */
export interface SendMessageConfiguration {
  /** Media types the caller can take. */
  acceptedOutputModes?: string[]
  taskPushNotificationConfig?: TaskPushNotificationConfig
  /** At most so many of the newest messages; 0 for none; unset for all (§3.2.4). */
  historyLength?: number
  /** Answer once the task exists, rather than when it is over or waits for somebody. Default false. */
  returnImmediately?: boolean
}

/** SendMessage and SendStreamingMessage (§3.2.1). */
export interface SendMessageRequest extends Tenanted {
  message: Message
  configuration?: SendMessageConfiguration
  metadata?: JsonObject
}

/** GetTask (§3.1.3). */
export interface GetTaskRequest extends Tenanted {
  id: string
  /** See {@link SendMessageConfiguration.historyLength}. */
  historyLength?: number
}

/** ListTasks (§3.1.4). */
export interface ListTasksRequest extends Tenanted {
  contextId?: string
  status?: TaskState
  /** 1 to 100; unset means 50. */
  pageSize?: number
  /** `nextPageToken` of the page before. */
  pageToken?: string
  historyLength?: number
  /** Only tasks whose status is of this time or later: UTC with milliseconds. */
  statusTimestampAfter?: string
  /** Default false. */
  includeArtifacts?: boolean
}

/** CancelTask (§3.1.5). */
export interface CancelTaskRequest extends Tenanted {
  id: string
  metadata?: JsonObject
}

/** SubscribeToTask (§3.1.6). */
export interface SubscribeToTaskRequest extends Tenanted {
  id: string
}

/** CreateTaskPushNotificationConfig (§3.1.7): the task id is a must here. */
export interface CreateTaskPushNotificationConfigRequest extends TaskPushNotificationConfig {
  taskId: string
}

/** GetTaskPushNotificationConfig (§3.1.8). */
export interface GetTaskPushNotificationConfigRequest extends Tenanted {
  taskId: string
  id: string
}

/** DeleteTaskPushNotificationConfig (§3.1.10). */
export interface DeleteTaskPushNotificationConfigRequest extends Tenanted {
  taskId: string
  id: string
}

/** ListTaskPushNotificationConfigs (§3.1.9). */
export interface ListTaskPushNotificationConfigsRequest extends Tenanted {
  taskId: string
  pageSize?: number
  pageToken?: string
}

/** GetExtendedAgentCard (§3.1.11). */
export interface GetExtendedAgentCardRequest extends Tenanted {}

/** SendMessageRequest as A2A 1.0 writes it. */
export interface WireSendMessageRequest extends Omit<SendMessageRequest, 'message'> {
  message: WireMessage
}

/** ListTasksRequest as A2A 1.0 writes it. */
export interface WireListTasksRequest extends Omit<ListTasksRequest, 'status'> {
  status?: WireTaskState
}
