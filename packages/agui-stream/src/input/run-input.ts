import type { ClientTool, JsonValue } from '@pf-agents/agent-core'
import type { WireMessage } from '../wire/event'

/** An answer to a question, as a request brings it. */
export interface ResumeEntry {
  interruptId: string
  status: 'resolved' | 'cancelled'
  /** Absent where the request has none; falsy values are answers. */
  payload?: JsonValue
}

/** A fact about the caller's surroundings. */
export interface ContextEntry {
  description: string
  value: string
}

/** What a client asks of a run (AG-UI 1.0, RunAgentInput), checked. */
export interface RunInput {
  threadId: string
  runId: string
  protocolVersion?: string
  parentRunId?: string
  messages: WireMessage[]
  /** Absent where the client brought none, or null. */
  state?: JsonValue
  tools: ClientTool[]
  context: ContextEntry[]
  forwardedProps?: JsonValue
  resume: ResumeEntry[]
}
