import { arrival, duration, type Flight } from './trip-state'

/** Flights, the chosen one and the one that the agent marked told apart. */
export function FlightTable(props: { flights: readonly Flight[]; chosen?: string; marked?: string; maxFare?: number }) {
  const { flights, chosen, marked, maxFare = Infinity } = props
  return (
    <ul class="flights">
      {flights.map((flight) => {
        const { number, departs, fare, seats } = flight
        const marks = [
          number === chosen && 'chosen',
          number === marked && 'marked',
          fare > maxFare && 'too-dear',
        ].filter(Boolean)
        return (
          <li key={number} class={marks.join(' ')} {...(number === chosen && { 'aria-current': 'true' })}>
            <span class="times">
              {departs} <span aria-hidden="true">→</span> {arrival(flight)}
            </span>
            <span class="fare">{fare} €</span>
            <span class="facts">
              {number} · {duration(flight)} · {seats} seats left
            </span>
            <span class="badge">{number === chosen ? 'Yours' : number === marked ? 'Look here' : ''}</span>
          </li>
        )
      })}
    </ul>
  )
}
