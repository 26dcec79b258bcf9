import type { Artifact, JsonObject, Message, Task, TaskStatus } from '@pf-agents/agent-core'
import type { WireMessage } from './message'
import type { WireTask, WireTaskStatus } from './task'

/** A task came to another state (§4.2.1). */
export interface TaskStatusUpdateEvent {
  taskId: string
  contextId: string
  status: TaskStatus
  metadata?: JsonObject
}

/** A task has a new artifact, or more of one (§4.2.2). */
export interface TaskArtifactUpdateEvent {
  taskId: string
  contextId: string
  artifact: Artifact
  /** Add the parts to the artifact of this id, rather than putting this one in its place. Default false. */
  append?: boolean
  /** Nothing more comes for this artifact. Default false. */
  lastChunk?: boolean
  metadata?: JsonObject
}

/** One event of a stream or of a push notification (§3.2.3), told apart by its one member. */
export type StreamResponse =
  | { task: Task }
  | { message: Message }
  | { statusUpdate: TaskStatusUpdateEvent }
  | { artifactUpdate: TaskArtifactUpdateEvent }

/** TaskStatusUpdateEvent as A2A 1.0 writes it (§4.2.1). */
export interface WireTaskStatusUpdateEvent extends Omit<TaskStatusUpdateEvent, 'status'> {
  status: WireTaskStatus
}

/** StreamResponse as A2A 1.0 writes it (§3.2.3). */
export type WireStreamResponse =
  | { task: WireTask }
  | { message: WireMessage }
  | { statusUpdate: WireTaskStatusUpdateEvent }
  | { artifactUpdate: TaskArtifactUpdateEvent }
