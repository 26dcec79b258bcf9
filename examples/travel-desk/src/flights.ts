/** A flight of the timetable. Fares are in euros. */
export type Flight = {
  number: string
  from: string
  to: string
  departs: string
  minutes: number
  fare: number
  seats: number
}

/** Every day the same. */
const timetable: readonly Flight[] = [
  { number: 'PF 101', from: 'Lisbon', to: 'Vienna', departs: '07:40', minutes: 210, fare: 129, seats: 6 },
  { number: 'PF 105', from: 'Lisbon', to: 'Vienna', departs: '17:15', minutes: 215, fare: 89, seats: 2 },
  { number: 'PF 220', from: 'Vienna', to: 'Lisbon', departs: '11:05', minutes: 220, fare: 119, seats: 9 },
  { number: 'PF 310', from: 'Lisbon', to: 'Oslo', departs: '09:30', minutes: 245, fare: 149, seats: 4 },
]

/** Cities the desk sells flights for. */
export const cities: readonly string[] = [...new Set(timetable.flatMap(({ from, to }) => [from, to]))]

/** Flights between two cities, the cheapest first. */
export function flightsBetween(from: string, to: string): Flight[] {
  return timetable.filter((flight) => flight.from === from && flight.to === to).toSorted((a, b) => a.fare - b.fare)
}

/** Of some flights, those within a fare, where there is one. */
export function affordable(flights: readonly Flight[], maxFare = Infinity): Flight[] {
  return flights.filter(({ fare }) => fare <= maxFare)
}

/** The flight of a number. */
export function flightOf(number: string): Flight | undefined {
  return timetable.find((flight) => flight.number === number)
}

/** Of some cities, those the desk does not know. */
export function unknownCities(names: readonly string[]): string[] {
  return names.filter((name) => !cities.includes(name))
}
