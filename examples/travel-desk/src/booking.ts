import type { ArtifactInput } from '@pf-agents/agent-core'
import type { Flight } from './flights.ts'

/** A flight somebody has booked. */
export type Booking = { reference: string; flight: string; day: string; travellers: number; total: number }

/** What the traveller takes home: a text to read, data to use, a calendar entry as a file, and a link. */
export function bookingArtifacts(booking: Booking, flight: Flight): ArtifactInput[] {
  const { reference, day, travellers, total } = booking
  return [
    {
      name: 'itinerary',
      parts: [
        {
          text: `${flight.number} from ${flight.from} to ${flight.to} on ${day} at ${flight.departs}, ${travellers} × ${flight.fare} € = ${total} €. Reference ${reference}.`,
        },
        { data: booking, mediaType: 'application/json' },
      ],
    },
    {
      name: 'calendar',
      parts: [{ raw: btoa(calendarEntry(booking, flight)), mediaType: 'text/calendar', filename: `${reference}.ics` }],
    },
    {
      name: 'boarding',
      parts: [{ url: `https://travel-desk.example/bookings/${reference}`, mediaType: 'text/html' }],
    },
  ]
}

/** RFC 5545, in local time of the departure. */
function calendarEntry({ reference, day }: Booking, { number, from, to, departs, minutes }: Flight): string {
  const start = `${day.replaceAll('-', '')}T${departs.replace(':', '')}00`
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//pf-agents//travel-desk//EN',
    'BEGIN:VEVENT',
    `UID:${reference}@travel-desk.example`,
    `DTSTART:${start}`,
    `DURATION:PT${minutes}M`,
    `SUMMARY:${number} ${from}-${to}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}
