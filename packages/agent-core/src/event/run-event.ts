import type { JsonObject, JsonValue } from '../model/json'
import type { Message } from '../model/message'
import type { Part } from '../model/part'
import type { Artifact, TaskStatus } from '../model/task'
import type { Interrupt } from '../interrupt/interrupt'
import type { Usage } from './usage'

/** One operation of a JSON Patch (RFC 6902). */
export type JsonPatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: JsonValue }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; path: string; from: string }

/** The task came to a state. */
export interface StatusEvent {
  type: 'status'
  status: TaskStatus
}

/** A message joined the task's history. */
export interface MessageEvent {
  type: 'message'
  message: Message
}

/**
 * A chunk of a result. With `append` its parts go behind those of the stored artifact (adjacent plain text is joined),
 * without it the artifact is new or replaced. An append to an unknown id makes the artifact.
 */
export interface ArtifactEvent {
  type: 'artifact'
  artifact: Artifact
  append?: boolean
  /** This artifact is complete. */
  lastChunk?: boolean
}

/** Text of a reply as it is made. It folds into the artifact whose id is `messageId`. */
export type TextEvent =
  | { type: 'text-start'; messageId: string }
  | { type: 'text-delta'; messageId: string; delta: string }
  | { type: 'text-end'; messageId: string }

/** What a model thinks aloud. Not part of the task. */
export type ReasoningEvent =
  | { type: 'reasoning-start'; messageId: string }
  | { type: 'reasoning-delta'; messageId: string; delta: string }
  | { type: 'reasoning-end'; messageId: string }

/** A tool call, from its first byte to its result. */
export type ToolEvent =
  | { type: 'tool-call-start'; toolCallId: string; name: string; messageId?: string }
  | { type: 'tool-call-delta'; toolCallId: string; delta: string }
  | { type: 'tool-call-end'; toolCallId: string }
  | { type: 'tool-result'; toolCallId: string; parts: Part[]; isError?: boolean }

/** The shared state that a UI shows. */
export type StateEvent =
  | { type: 'state-snapshot'; state: JsonValue }
  | { type: 'state-delta'; patch: JsonPatchOperation[] }

/** A named step of the work. */
export type StepEvent = { type: 'step-start'; name: string } | { type: 'step-end'; name: string }

/** A question was asked, or is no longer open. */
export type InterruptEvent =
  | { type: 'interrupt-start'; interrupt: Interrupt }
  | { type: 'interrupt-end'; interruptId: string; status: Exclude<Interrupt['status'], 'open'> }

/** What was used since the last such event. */
export interface UsageEvent {
  type: 'usage'
  usage: Usage
}

/** Metadata that joins the task's. */
export interface MetadataEvent {
  type: 'metadata'
  metadata: JsonObject
}

/** Anything an agent's own clients understand. */
export interface CustomEvent {
  type: 'custom'
  name: string
  value: JsonValue
}

/**
 * The one vocabulary of what happens in a run. A2A, AG-UI, traces and logs are encoders of it.
 * Names say the noun first, then what happened; what starts, ends with `-end`.
 */
export type RunEvent =
  | StatusEvent
  | MessageEvent
  | ArtifactEvent
  | TextEvent
  | ReasoningEvent
  | ToolEvent
  | StateEvent
  | StepEvent
  | InterruptEvent
  | UsageEvent
  | MetadataEvent
  | CustomEvent

/** An event as the store numbered it. */
export interface StoredEvent {
  /** 1 for the first event of a task; no gaps. */
  seq: number
  event: RunEvent
}
