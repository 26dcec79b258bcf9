/** How an agent proves itself to a webhook (§4.3.2). */
export interface AuthenticationInfo {
  /** HTTP authentication scheme, such as `Bearer`. */
  scheme: string
  credentials?: string
}

/** Where a task's events are sent (§4.3.1). The same inside and on the wire. */
export interface TaskPushNotificationConfig {
  tenant?: string
  /** Chosen by the client; made by the server where it is missing. */
  id?: string
  /** Empty inside SendMessage, where the task may not exist yet. */
  taskId?: string
  url: string
  /** Handed back to the webhook as it is. */
  token?: string
  authentication?: AuthenticationInfo
}
