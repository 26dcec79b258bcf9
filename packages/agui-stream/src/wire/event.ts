import type { Event, EventType, Interrupt, Message, TokenUsage } from '@ag-ui/core'

/** The same event with its type as plain text rather than as a member of an enum. */
type Spelled<E> = E extends { type: infer T extends EventType } ? Omit<E, 'type'> & { type: `${T}` } : never

/** One event of AG-UI 1.0, as it goes over the wire. */
export type WireEvent = Spelled<Event>
/** The event of one type. */
export type WireEventOf<T extends WireEvent['type']> = Extract<WireEvent, { type: T }>
/** A message as a client holds it. */
export type WireMessage = Message
/** A question as it stands in an outcome. */
export type WireInterrupt = Interrupt
/** What one model used. */
export type WireUsage = TokenUsage
/** How a run finished. */
export type WireOutcome = NonNullable<WireEventOf<'RUN_FINISHED'>['outcome']>

/** The version of the protocol that is spoken. */
export const protocolVersion = '1.0'
