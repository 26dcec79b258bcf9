import type { WireEvent } from './event'

/** Under this name front ends of before interrupts are told of questions. */
const eventName = 'on_interrupt'

/**
 * A run that waits, as front ends know it that were made before interrupts: each question is an event of its own, and the
 * run a success. Their clients would hold back every further run for want of a `resume`, which such front ends never send.
 */
export function asLegacyInterrupts(event: WireEvent): WireEvent[] {
  if (event.type !== 'RUN_FINISHED' || event.outcome?.type !== 'interrupt') return [event]
  const { outcome, ...rest } = event
  return [
    ...outcome.interrupts.map((one): WireEvent => ({ type: 'CUSTOM', name: eventName, value: JSON.stringify(one) })),
    rest,
  ]
}
