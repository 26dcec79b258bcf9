import type { JsonObject, JsonValue } from '../model/json'

/** Why a run waits for somebody. */
export type InterruptKind = 'input' | 'approval' | 'auth' | 'client-tool' | 'child'

/** A question that a run waits on. A task has none, one or several open ones. Plain JSON, stored with the task. */
export interface Interrupt {
  /** Unique within its task. */
  id: string
  kind: InterruptKind
  /** What is asked, for people. */
  prompt: string
  /** Names what the answer fills; a handler reads it as `ctx.slots[slot]`. */
  slot?: string
  /** JSON Schema of the answer. */
  schema?: JsonObject
  /** The tool call that waits. */
  toolCallId?: string
  /** ISO 8601; an answer that comes later is refused. */
  expiresAt?: string
  /** ISO 8601; when whoever asked answers it with a default, where nobody else has. */
  defaultAt?: string
  /** The task of another agent that waits. */
  child?: { agent: string; taskId: string }
  status: 'open' | 'answered' | 'canceled' | 'expired'
  /** What was answered. */
  answer?: JsonValue
}

/** How long a question waits, which counts from when it is asked: what else the run has to do before is not lost time. */
export interface AnswerTime {
  /** Milliseconds to answer in; later answers are refused. The runtime makes `expiresAt` of it. */
  timeoutMs?: number
  /** Whoever asks gives a default once the time is over, instead: the runtime makes `defaultAt` of it. */
  hasDefault?: true
}

/** An answer to one open interrupt. */
export interface InterruptAnswer {
  interruptId: string
  /** `cancelled` says that nobody will answer. */
  status: 'resolved' | 'cancelled'
  /** The answer; falsy values count. */
  payload?: JsonValue
}
