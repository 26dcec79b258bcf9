import type { CustomEvent, JsonObject, JsonPatchOperation, JsonValue, RunEvent } from '@pf-agents/agent-core'

const prefix = 'agui.'

/** What a subagent's run is announced with. */
export interface SubagentStart {
  /** One id for each time it is called. */
  subagentRunId: string
  name: string
  description?: string
  /** The subagent that called it, where one did. */
  parentSubagentRunId?: string
  /** The tool call that it carries out. */
  parentToolCallId?: string
}

function event(name: string, value: JsonObject): CustomEvent {
  return { type: 'custom', name: `${prefix}${name}`, value }
}

/**
 * Events for what AG-UI knows and A2A does not: handlers emit or yield them. Callers over A2A are not told of them.
 *
 * @example
 * ```ts
 * async function* onMessage() {
 *   yield aguiEvent.activity('plan', 'plan', { steps: ['search', 'book'] })
 *   yield aguiEvent.activityDelta('plan', [{ op: 'add', path: '/done', value: 1 }])
 *   yield reply.text('Booked.')
 * }
 * ```
 */
export const aguiEvent = {
  /** Something to show beside the messages, or its new content (ACTIVITY_SNAPSHOT). */
  activity: (messageId: string, activityType: string, content: JsonObject): RunEvent =>
    event('activity', { messageId, activityType, content }),
  /** A change of its content (ACTIVITY_DELTA). */
  activityDelta: (messageId: string, patch: readonly JsonPatchOperation[]): RunEvent =>
    event('activity-delta', { messageId, patch: patch as unknown as JsonValue }),
  /** An event of another system, as it came (RAW). */
  raw: (value: JsonValue, source?: string): RunEvent =>
    event('raw', { event: value, ...(source !== undefined && { source }) }),
  /** What a provider wants back with the next request, such as encrypted reasoning (REASONING_ENCRYPTED_VALUE). */
  encryptedValue: (subtype: 'message' | 'tool-call', entityId: string, encryptedValue: string): RunEvent =>
    event('encrypted-value', { subtype, entityId, encryptedValue }),
  /** A subagent begins (SUBAGENT_STARTED). */
  subagentStart: (start: SubagentStart): RunEvent => event('subagent-start', { ...start } as JsonObject),
  /** Something that happens in a subagent: it goes out with the subagent's id. */
  inSubagent: (subagentRunId: string, inner: RunEvent): RunEvent =>
    event('subagent-event', { subagentRunId, event: inner as unknown as JsonValue }),
  /** A subagent is done (SUBAGENT_FINISHED). */
  subagentEnd: (subagentRunId: string, result?: JsonValue): RunEvent =>
    event('subagent-end', { subagentRunId, ...(result !== undefined && result !== null && { result }) }),
  /**
   * A subagent waits for somebody, and goes on in the run that brings the answer: announce it again there
   * (SUBAGENT_FINISHED, suspended). To be told before the reply that asks.
   *
   * @param slots - slots of the questions that are its own; left out, all that nobody else has
   */
  subagentSuspend: (subagentRunId: string, slots?: readonly string[]): RunEvent =>
    event('subagent-suspend', { subagentRunId, ...(slots && { slots: [...slots] }) }),
  /** A subagent failed; the run need not (SUBAGENT_ERROR). */
  subagentError: (subagentRunId: string, message: string, code?: string): RunEvent =>
    event('subagent-error', { subagentRunId, message, ...(code !== undefined && { code }) }),
}

/** The name of an event of {@link aguiEvent}; `undefined` for any other. */
export function aguiEventName({ name }: CustomEvent): string | undefined {
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined
}
