import { defineSkill, type JsonObject, reply, type RunContext } from '@pf-agents/agent-core'
import { type Booking, bookingArtifacts } from './booking.ts'
import { type Search, searchSchema } from './find-flights.ts'
import { affordable, cities, type Flight, flightOf, flightsBetween, unknownCities } from './flights.ts'
import { canChooseSeats, chooseSeats, chosenSeats } from './seats.ts'
import { type Trip, tripBoard } from './trip-board.ts'

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
    const { wishes, show } = tripBoard(context)
    const { flight: number, travellers = wishes.travellers, seats, confirmed } = context.slots
    const all = flightsBetween(from, to)
    // Once a flight is chosen, it is the price that counts, not what was wished.
    const flights = number === undefined ? affordable(all, wishes.maxFare) : all
    if (flights.length === 0) {
      const limit = wishes.maxFare === undefined ? '' : ` for at most ${wishes.maxFare} €`
      return reply.rejected(`Nothing flies from ${from} to ${to}${limit}.`)
    }

    const trip: Trip = { from, to, day, flights }
    if (number === undefined) {
      show(trip)
      return reply.inputRequired({
        prompt: `Which flight? ${flights.map(describe).join('; ')}`,
        slot: 'flight',
        schema: { type: 'string', enum: flights.map((flight) => flight.number) },
      })
    }
    const flight = flightOf(number as string) as Flight
    trip.flight = flight.number
    if (travellers === undefined) {
      show(trip)
      return reply.inputRequired({ prompt: 'For how many travellers?', slot: 'travellers', schema: travellersSchema })
    }
    trip.travellers = Number(travellers)
    trip.total = trip.travellers * flight.fare
    if (trip.travellers > flight.seats)
      return reply.failed(`${flight.number} has only ${flight.seats} seats left on ${day}.`)
    if (seats !== undefined) trip.seats = chosenSeats(flight, trip.travellers, context)
    show(trip)
    // Only a page can show the cabin; other callers are given seats at the gate.
    if (seats === undefined && canChooseSeats(context)) return chooseSeats(flight, trip.travellers, context)
    if (confirmed === undefined)
      return reply.inputRequired({
        prompt: `${describe(flight)}: ${trip.total} € for ${trip.travellers}${inSeats(trip)}. Book it, yes or no?`,
        slot: 'confirmed',
        schema: yesOrNoSchema,
      })
    if (confirmed === 'no') return reply.completed('Nothing was booked.')
    const booking = await book({ flight: flight.number, day, travellers: trip.travellers, total: trip.total }, context)
    show({ ...trip, reference: booking.reference })
    return reply.artifacts(bookingArtifacts(booking, flight))
  },
})

async function book(order: Omit<Booking, 'reference'>, context: RunContext): Promise<Booking> {
  const booking: Booking = { reference: `TD-${context.task.id.slice(0, 8)}`, ...order }
  await context.state.context.set('booking', booking)
  return booking
}

const inSeats = ({ seats = [] }: Trip): string => (seats.length > 0 ? `, seats ${seats.join(', ')}` : '')

const describe = ({ number, departs, fare }: Flight): string => `${number} at ${departs} for ${fare} €`
