import type { StreamResponse } from '@pf-agents/a2a-protocol'

/** A push notification that was found good. */
export interface PushNotification {
  /** The task that it is about. */
  taskId: string
  /** What happened: the task as it stands, a change of its status, or more of an artifact (§3.2.3). */
  update: StreamResponse
  /** The sender's own id of it, the same whenever it comes again; only some senders give one. */
  id: string | undefined
}

/** The task that an update is about; `undefined` where it does not say. */
export function taskIdOf(update: StreamResponse): string | undefined {
  if ('task' in update) return update.task.id
  if ('statusUpdate' in update) return update.statusUpdate.taskId
  if ('artifactUpdate' in update) return update.artifactUpdate.taskId
  return update.message.taskId
}

/** Whether the very same update can not be meant twice: of two equal chunks of an artifact, both may be. */
export function isIdempotent(update: StreamResponse): boolean {
  return !('artifactUpdate' in update && update.artifactUpdate.append === true)
}
