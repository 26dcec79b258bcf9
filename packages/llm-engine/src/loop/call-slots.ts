import { type Interrupt, type JsonValue } from '@pf-agents/agent-core'

/** Where a slot was taken by another open question, the runtime puts a number behind its name. */
const numbered = /^(.+)_\d+$/s

/**
 * The answers to the questions that one call of a skill's handler has asked, by slot: another call that asks the same
 * has an answer of its own.
 */
export function slotsOfCall(interrupts: readonly Interrupt[], toolCallId: string): Record<string, JsonValue> {
  const slots = new Map<string, JsonValue>()
  for (const { slot, status, answer, toolCallId: asker } of interrupts) {
    if (asker !== toolCallId || slot === undefined || status !== 'answered' || answer === undefined) continue
    slots.set(slot, answer)
    const [, name] = numbered.exec(slot) ?? []
    if (name !== undefined) slots.set(name, answer)
  }
  return Object.fromEntries(slots)
}
