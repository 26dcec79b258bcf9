import type { CustomEvent, JsonObject, JsonValue, RunEvent } from '@pf-agents/agent-core'
import type { WireEvent } from '../wire/event'
import { aguiEventName } from './agui-events'

/** What telling a custom event needs of the encoder. */
export interface CustomTerms {
  emit(event: WireEvent): void
  /** An id of the task as clients know it. */
  id(id: string): string
  /** What an event is told as. */
  inner(event: RunEvent): WireEvent[]
  /** A subagent waits for the answers to some questions, or to all. */
  suspend(subagentRunId: string, slots: readonly unknown[] | undefined): void
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Tells an event of `aguiEvent` as what it stands for, and any other custom event as it is. */
export function encodeCustom(event: CustomEvent, { emit, id, inner, suspend }: CustomTerms): void {
  const name = aguiEventName(event)
  const { value } = event
  if (name === undefined || !isObject(value)) return emit({ type: 'CUSTOM', name: event.name, value })
  // oxlint-disable-next-line typescript/no-explicit-any -- handlers wrote it: the guard checks it, as all that goes out
  const given = value as any
  switch (name) {
    case 'activity':
      return emit({ ...given, type: 'ACTIVITY_SNAPSHOT', messageId: id(String(given.messageId)) })
    case 'activity-delta':
      return emit({ activityType: '', ...given, type: 'ACTIVITY_DELTA', messageId: id(String(given.messageId)) })
    case 'raw':
      return emit({ ...given, type: 'RAW' })
    case 'encrypted-value':
      return emit({
        ...given,
        type: 'REASONING_ENCRYPTED_VALUE',
        entityId: given.subtype === 'message' ? `${id(String(given.entityId))}-reasoning` : id(String(given.entityId)),
      })
    case 'subagent-start':
      return emit({
        ...given,
        type: 'SUBAGENT_STARTED',
        ...(given.parentToolCallId !== undefined && { parentToolCallId: id(String(given.parentToolCallId)) }),
      })
    case 'subagent-end':
      return emit({ ...given, type: 'SUBAGENT_FINISHED' })
    case 'subagent-suspend':
      return suspend(String(given.subagentRunId), Array.isArray(given.slots) ? given.slots : undefined)
    case 'subagent-error':
      return emit({ ...given, type: 'SUBAGENT_ERROR' })
    case 'subagent-event':
      if (isObject(given.event))
        for (const one of inner(given.event as RunEvent))
          emit({ ...one, subagentRunId: given.subagentRunId } as WireEvent)
      return
    default:
      return emit({ type: 'CUSTOM', name: event.name, value })
  }
}
