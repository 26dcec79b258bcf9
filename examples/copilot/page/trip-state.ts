import type { Flight } from '@pf-agents/example-travel-desk/flights'
import type { Trip, Wishes } from '@pf-agents/example-travel-desk/trip-board'

export type { Flight, Trip, Wishes }

/** The state that the page and the desk share: the page writes the wishes, the desk the trip. */
export type DeskState = { wishes: Wishes; trip?: Trip }

/** When a flight arrives, by the clock of its departure. */
export function arrival({ departs, minutes }: Flight): string {
  const [hour = 0, minute = 0] = departs.split(':').map(Number)
  const end = hour * 60 + minute + minutes
  return `${String(Math.floor(end / 60) % 24).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`
}

export const duration = ({ minutes }: Flight): string => `${Math.floor(minutes / 60)} h ${minutes % 60} min`

/** A date such as 2027-04-30, as people say it. */
export function dayText(day: string): string {
  const date = new Date(`${day}T12:00:00`)
  return Number.isNaN(date.getTime())
    ? day
    : date.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
}
