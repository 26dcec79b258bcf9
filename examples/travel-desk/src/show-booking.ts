import { defineSkill, reply } from '@pf-agents/agent-core'
import type { Booking } from './booking.ts'

/** Reads what another task of the same context has stored. */
export const showBooking = defineSkill({
  id: 'show-booking',
  name: 'Show the booking',
  description: 'Tells what was booked last in this conversation',
  tags: ['travel', 'booking'],
  examples: ['What have I booked?'],
  async handler(_input, context) {
    const booking = (await context.state.context.get('booking')) as Booking | undefined
    if (booking === undefined) return reply.text('Nothing was booked in this conversation.')
    const { reference, flight, day, travellers, total } = booking
    return reply.text(`${reference}: ${flight} on ${day} for ${travellers}, ${total} €.`)
  },
})
