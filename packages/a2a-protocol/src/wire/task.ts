import type { Artifact, JsonObject } from '@pf-agents/agent-core'
import type { WireMessage } from './message'

/** TaskState as A2A 1.0 writes it (§4.1.3). */
export type WireTaskState =
  | 'TASK_STATE_UNSPECIFIED'
  | 'TASK_STATE_SUBMITTED'
  | 'TASK_STATE_WORKING'
  | 'TASK_STATE_COMPLETED'
  | 'TASK_STATE_FAILED'
  | 'TASK_STATE_CANCELED'
  | 'TASK_STATE_INPUT_REQUIRED'
  | 'TASK_STATE_REJECTED'
  | 'TASK_STATE_AUTH_REQUIRED'

/** TaskStatus as A2A 1.0 writes it (§4.1.2). */
export interface WireTaskStatus {
  state: WireTaskState
  message?: WireMessage
  timestamp?: string
}

/** Task as A2A 1.0 writes it (§4.1.1). */
export interface WireTask {
  id: string
  contextId?: string
  status: WireTaskStatus
  artifacts?: Artifact[]
  history?: WireMessage[]
  metadata?: JsonObject
}
