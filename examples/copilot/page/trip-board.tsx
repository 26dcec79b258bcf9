import { useSignal } from '@preact/signals'
import type { Desk } from './desk'
import { FlightTable } from './flight-table'
import { dayText, type Trip } from './trip-state'

/** The shared state: above what the traveller wishes, below what the desk has made of it. */
export function TripBoard({ desk }: { desk: Desk }) {
  const { wishes, trip } = desk.state.value
  const isRawOpen = useSignal(false)
  return (
    <>
      <Wishes desk={desk} />
      {trip === undefined ? (
        <p class="hint">Once the desk knows where you go, the trip stands here.</p>
      ) : (
        <section class="trip" aria-labelledby="trip-title">
          <h2 id="trip-title">
            {trip.from} → {trip.to}
          </h2>
          <p class="hint">{dayText(trip.day)}</p>
          <FlightTable
            flights={trip.flights}
            {...(trip.flight !== undefined && { chosen: trip.flight })}
            {...(desk.marked.value !== undefined && { marked: desk.marked.value })}
            {...(wishes.maxFare !== undefined && { maxFare: wishes.maxFare })}
          />
          <Facts trip={trip} />
        </section>
      )}
      <details class="raw" onToggle={(event) => (isRawOpen.value = event.currentTarget.open)}>
        <summary>Shared state</summary>
        {isRawOpen.value && <pre>{JSON.stringify(desk.state.value, undefined, 2)}</pre>}
      </details>
    </>
  )
}

/** The dearest fare of the timetable is below it: there is no limit then. */
const highest = 200

function Wishes({ desk }: { desk: Desk }) {
  const { travellers = '', maxFare = highest } = desk.state.value.wishes
  return (
    <fieldset class="wishes" disabled={desk.isWorking.value}>
      <legend>Your wishes</legend>
      <div class="field">
        <label for="wish-travellers">Travellers</label>
        <select
          id="wish-travellers"
          value={travellers}
          onChange={(event) => {
            const { value } = event.currentTarget
            desk.wish({ travellers: value === '' ? undefined : Number(value) })
          }}
        >
          <option value="">Ask me</option>
          {[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => (
            <option key={number} value={number}>
              {number}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="wish-fare">
          Highest fare <output for="wish-fare">{maxFare < highest ? `${maxFare} €` : 'any'}</output>
        </label>
        <input
          id="wish-fare"
          type="range"
          min={50}
          max={highest}
          step={10}
          value={maxFare}
          onInput={(event) => {
            const fare = event.currentTarget.valueAsNumber
            desk.wish({ maxFare: fare < highest ? fare : undefined })
          }}
        />
      </div>
    </fieldset>
  )
}

function Facts({ trip: { travellers, seats = [], total, reference } }: { trip: Trip }) {
  const facts = [
    ['Travellers', travellers],
    ['Seats', seats.length > 0 ? seats.join(', ') : undefined],
    ['Total', total === undefined ? undefined : `${total} €`],
    ['Booked as', reference],
  ].filter(([, value]) => value !== undefined)
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name} class={name === 'Booked as' ? 'booked' : ''}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
