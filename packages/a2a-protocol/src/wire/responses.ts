import type { Message, Task } from '@pf-agents/agent-core'
import type { WireMessage } from './message'
import type { TaskPushNotificationConfig } from './push-notification-config'
import type { WireTask } from './task'

/** The answer to SendMessage: a task, or a message and no task (§3.1.1). */
export type SendMessageResponse = { task: Task } | { message: Message }

/** One page of tasks (§3.1.4). All four members are always there. */
export interface ListTasksResponse {
  tasks: Task[]
  /** Empty on the last page. */
  nextPageToken: string
  /** The page size in force. */
  pageSize: number
  /** How many tasks there are on all pages. */
  totalSize: number
}

/** The webhooks of a task (§3.1.9). */
export interface ListTaskPushNotificationConfigsResponse {
  configs: TaskPushNotificationConfig[]
  /** Empty on the last page. */
  nextPageToken: string
}

/** SendMessageResponse as A2A 1.0 writes it. */
export type WireSendMessageResponse = { task: WireTask } | { message: WireMessage }

/** ListTasksResponse as A2A 1.0 writes it. */
export interface WireListTasksResponse extends Omit<ListTasksResponse, 'tasks'> {
  tasks: WireTask[]
}
