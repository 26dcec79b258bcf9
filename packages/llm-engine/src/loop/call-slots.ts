import { type Interrupt, type JsonValue } from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import type { CallState } from './loop-state'

/** The slot of a question that names none. */
const usual = 'answer'

/** Keeps what a call's own questions fill: where a slot is taken by another open question, the runtime renames it. */
export function keepSlots(call: CallState, questions: readonly Question[]): void {
  for (const { id, slot, toolCallId } of questions) {
    if (toolCallId === call.toolCallId && slot !== undefined && slot !== toolCallId)
      call.slots = { ...call.slots, [id]: slot }
  }
}

/**
 * The answers to the questions that one call of a skill's handler has asked, by slot: another call that asks the same
 * has an answer of its own.
 */
export function slotsOfCall(
  interrupts: readonly Interrupt[],
  toolCallId: string,
  names: CallState['slots'] = {},
): Record<string, JsonValue> {
  const slots = new Map<string, JsonValue>()
  for (const { id, slot, status, answer, toolCallId: asker } of interrupts) {
    if (asker !== toolCallId || status !== 'answered' || answer === undefined) continue
    slots.set(names[id] ?? (slot === undefined || slot === toolCallId ? usual : slot), answer)
  }
  return Object.fromEntries(slots)
}
