import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import type { SseEvent } from '@pf-agents/http-kit'
import type { PreparedTurn } from './turn'

/** Words an answer the way one wire does. */
export interface WireEncoder {
  /** The answer as events. */
  stream(turn: PreparedTurn): SseEvent[]
  /** The answer as one body. */
  whole(turn: PreparedTurn): JsonObject
  /** An error: of an HTTP answer, or as an event inside a stream, behind so many others. */
  error(status: number, message: string, after?: number): JsonObject
  /** The name of an error event. */
  errorEvent?: string
  /** Headers that every answer has. */
  headers: Readonly<Record<string, string>>
}

/** An event with JSON in it. */
export function jsonEvent(value: JsonValue, event?: string): SseEvent {
  return { data: JSON.stringify(value), ...(event !== undefined && { event }) }
}
