import type { JsonObject } from './json'
import type { Message } from './message'
import type { Part } from './part'
import type { TaskState } from './task-state'

/** A result of a task (A2A 1.0, Artifact). */
export interface Artifact {
  /** Unique within its task. */
  artifactId: string
  name?: string
  description?: string
  /** One part or more. */
  parts: Part[]
  metadata?: JsonObject
  extensions?: string[]
}

/** Where a task stands. */
export interface TaskStatus {
  state: TaskState
  /** What the agent says about this state. */
  message?: Message
  /** When it came to this state: ISO 8601, UTC, milliseconds. */
  timestamp: string
}

/** A unit of work with a life cycle (A2A 1.0, Task). Plain JSON. */
export interface Task {
  id: string
  contextId: string
  status: TaskStatus
  artifacts: Artifact[]
  /** Messages of this task, oldest first. */
  history: Message[]
  metadata?: JsonObject
}
