import type { InterruptEvent } from '../event/run-event'
import type { JsonValue } from '../model/json'
import { setOwn } from '../model/own-property'
import type { Interrupt, InterruptAnswer } from './interrupt'

/** Slot of a question that names none. */
export const defaultSlot = 'answer'

/** The questions of a task that wait for an answer. */
export function openInterrupts(interrupts: readonly Interrupt[] | undefined): Interrupt[] {
  return (interrupts ?? []).filter((one) => one.status === 'open')
}

/** Whether the time for an answer is over. */
export function isExpired(interrupt: Interrupt, now: number): boolean {
  return interrupt.status === 'open' && interrupt.expiresAt !== undefined && Date.parse(interrupt.expiresAt) <= now
}

/** When the first of the open questions is over, in milliseconds since 1970. */
export function firstExpiry(interrupts: readonly Interrupt[] | undefined): number | undefined {
  let first: number | undefined
  for (const { status, expiresAt } of interrupts ?? []) {
    if (status !== 'open' || expiresAt === undefined) continue
    const at = Date.parse(expiresAt)
    if (first === undefined || at < first) first = at
  }
  return first
}

/** The questions with these answers filled in. */
export function answerInterrupts(interrupts: readonly Interrupt[], answers: readonly InterruptAnswer[]): Interrupt[] {
  return interrupts.map((one): Interrupt => {
    const answer = answers.find((candidate) => candidate.interruptId === one.id)
    if (answer === undefined) return one
    if (answer.status === 'cancelled') return { ...one, status: 'canceled' }
    return { ...one, status: 'answered', ...(answer.payload !== undefined && { answer: answer.payload }) }
  })
}

/** The questions with those that are open closed: nobody will answer them. */
export function closeInterrupts(interrupts: readonly Interrupt[], now: number): Interrupt[] {
  return interrupts.map((one): Interrupt =>
    one.status === 'open' ? { ...one, status: isExpired(one, now) ? 'expired' : 'canceled' } : one,
  )
}

/** The questions with these ones open again. */
export function reopenInterrupts(interrupts: readonly Interrupt[], ids: ReadonlySet<string>): Interrupt[] {
  return interrupts.map((one): Interrupt => {
    if (!ids.has(one.id)) return one
    const { answer: _, ...rest } = one
    return { ...rest, status: 'open' }
  })
}

/** The events that tell of the difference between two states of the same questions. */
export function interruptEvents(before: readonly Interrupt[], after: readonly Interrupt[]): InterruptEvent[] {
  return after.flatMap((interrupt, index): InterruptEvent[] => {
    if (interrupt.status === before[index]?.status) return []
    if (interrupt.status === 'open') return [{ type: 'interrupt-start', interrupt }]
    return [{ type: 'interrupt-end', interruptId: interrupt.id, status: interrupt.status }]
  })
}

/** What was answered, by slot; of several answers to one slot the newest question's. */
export function slotsOf(interrupts: readonly Interrupt[] | undefined): Record<string, JsonValue> {
  const slots: Record<string, JsonValue> = {}
  for (const one of interrupts ?? []) {
    if (one.status === 'answered' && one.answer !== undefined) setOwn(slots, one.slot ?? defaultSlot, one.answer)
  }
  return slots
}
