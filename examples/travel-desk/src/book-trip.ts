import { defineSkill, type JsonObject, reply, type RunContext } from '@pf-agents/agent-core'
import { type Booking, bookingArtifacts } from './booking.ts'
import { type Search, searchSchema } from './find-flights.ts'
import { cities, type Flight, flightOf, flightsBetween, unknownCities } from './flights.ts'

const travellersSchema: JsonObject = { type: 'integer', minimum: 1, maximum: 9 }
const yesOrNoSchema: JsonObject = { type: 'string', enum: ['yes', 'no'] }

/**
 * A conversation over several turns. After every answer the handler runs again from its start and finds what was
 * answered in `context.slots`, so it reads like a form; and it may go on in another process than it began in.
 */
export const bookTrip = defineSkill({
  id: 'book-trip',
  name: 'Book a trip',
  description: 'Books a flight, asking for what it needs to know',
  tags: ['travel', 'booking'],
  examples: ['{ "from": "Lisbon", "to": "Vienna", "day": "2027-04-30" }'],
  input: searchSchema,
  async handler({ from, to, day }: Search, context) {
    const unknown = unknownCities([from, to])
    if (unknown.length > 0)
      return reply.rejected(`We sell no flights for ${unknown.join(' and ')}. We know ${cities.join(', ')}.`)
    const flights = flightsBetween(from, to)
    if (flights.length === 0) return reply.rejected(`Nothing flies from ${from} to ${to}.`)

    const { flight: number, travellers, confirmed } = context.slots
    if (number === undefined) {
      return reply.inputRequired({
        prompt: `Which flight? ${flights.map(describe).join('; ')}`,
        slot: 'flight',
        schema: { type: 'string', enum: flights.map((flight) => flight.number) },
      })
    }
    const flight = flightOf(number as string) as Flight
    if (travellers === undefined)
      return reply.inputRequired({ prompt: 'For how many travellers?', slot: 'travellers', schema: travellersSchema })
    const seats = Number(travellers)
    if (seats > flight.seats) return reply.failed(`${flight.number} has only ${flight.seats} seats left on ${day}.`)
    const total = seats * flight.fare
    if (confirmed === undefined)
      return reply.inputRequired({
        prompt: `${describe(flight)}: ${total} € for ${seats}. Book it, yes or no?`,
        slot: 'confirmed',
        schema: yesOrNoSchema,
      })
    if (confirmed === 'no') return reply.completed('Nothing was booked.')
    return book({ flight, day, travellers: seats, total }, context)
  },
})

async function book(
  { flight, day, travellers, total }: { flight: Flight; day: string; travellers: number; total: number },
  context: RunContext,
) {
  const booking: Booking = {
    reference: `TD-${context.task.id.slice(0, 8)}`,
    flight: flight.number,
    day,
    travellers,
    total,
  }
  await context.state.context.set('booking', booking)
  return reply.artifacts(bookingArtifacts(booking, flight))
}

const describe = ({ number, departs, fare }: Flight): string => `${number} at ${departs} for ${fare} €`
