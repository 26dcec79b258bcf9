import type {
  CreateTaskPushNotificationConfigRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTaskPushNotificationConfigsResponse,
  TaskPushNotificationConfig,
} from '@pf-agents/a2a-protocol'
import { type AgentRuntime, type Awaitable, port, type Principal, type TaskKey } from '@pf-agents/agent-core'

/** A version of the wire that requests come in, and that notifications go out in. */
export type WireVersion = '1.0' | '0.3'

/** Whose request it is, and what it is for. */
export interface PushCaller {
  readonly tenant: string
  readonly principal: Principal
  readonly runtime: AgentRuntime
  /** The wire the request came in: its notifications are written in the same. */
  readonly version: WireVersion
}

/** A config that came with a message. */
export interface AttachedConfig {
  /** Stores it with the task that the message makes. Absent where the task is there already. */
  beforeTask?: (key: TaskKey) => Awaitable<void>
  /** Takes back what was stored: the message was refused. */
  undo(): Promise<void>
  /** The message was answered or refused: what was held for a config that is not stored is free again. */
  done(): void
}

/** Keeps the push notification configs of tasks. Provided by `pushNotifications()` of `@pf-agents/a2a-server/push`. */
export interface PushService {
  /** CreateTaskPushNotificationConfig (A2A 1.0, 3.1.7). The same id again replaces the config. */
  create(config: CreateTaskPushNotificationConfigRequest, caller: PushCaller): Promise<TaskPushNotificationConfig>
  /** GetTaskPushNotificationConfig (3.1.8). */
  get(taskId: string, id: string, caller: PushCaller): Promise<TaskPushNotificationConfig>
  /** ListTaskPushNotificationConfigs (3.1.9). */
  list(
    request: ListTaskPushNotificationConfigsRequest,
    caller: PushCaller,
  ): Promise<ListTaskPushNotificationConfigsResponse>
  /** DeleteTaskPushNotificationConfig (3.1.10). Does nothing where there is none of that id. */
  delete(taskId: string, id: string, caller: PushCaller): Promise<void>
  /** Takes the config that comes with a message (3.2.2), before anything is begun: the task's events from the first on are told. */
  attach(config: TaskPushNotificationConfig, taskId: string | undefined, caller: PushCaller): Promise<AttachedConfig>
}

/** Port of the push service. */
export const pushServicePort = port<PushService>('pf.a2a-push')
