import { defineSkill, jsonSchema, reply } from '@pf-agents/agent-core'
import { affordable, cities, type Flight, flightsBetween, unknownCities } from './flights.ts'
import { tripBoard } from './trip-board.ts'

/** Where somebody wants to go. */
export type Search = { from: string; to: string; day: string }

export const searchSchema = jsonSchema<Search>({
  type: 'object',
  properties: {
    from: { type: 'string', description: 'City of departure' },
    to: { type: 'string', description: 'City of arrival' },
    day: { type: 'string', format: 'date', description: 'Such as 2027-04-30' },
  },
  required: ['from', 'to', 'day'],
  additionalProperties: false,
})

const foundSchema = jsonSchema<{ flights: Flight[] }>({
  type: 'object',
  properties: {
    flights: {
      type: 'array',
      items: { type: 'object', required: ['number', 'from', 'to', 'departs', 'minutes', 'fare'] },
    },
  },
  required: ['flights'],
})

/** A skill that takes and gives data; a city it does not know is a rejection. */
export const findFlights = defineSkill({
  id: 'find-flights',
  name: 'Find flights',
  description: 'Lists the flights between two cities, the cheapest first',
  tags: ['travel', 'search'],
  examples: ['{ "from": "Lisbon", "to": "Vienna", "day": "2027-04-30" }'],
  input: searchSchema,
  output: foundSchema,
  handler({ from, to, day }, context) {
    const unknown = unknownCities([from, to])
    if (unknown.length > 0)
      return reply.rejected(`We sell no flights for ${unknown.join(' and ')}. We know ${cities.join(', ')}.`)
    const { wishes, show } = tripBoard(context)
    const flights = affordable(flightsBetween(from, to), wishes.maxFare)
    show({ from, to, day, flights })
    return reply.data({ flights })
  },
})
