import { defineAgent } from '@pf-agents/agent-core'
import { bookTrip } from './src/book-trip.ts'
import { findFlights } from './src/find-flights.ts'
import { showBooking } from './src/show-booking.ts'
import { findFlightsTool, talk, talkNeeds } from './src/talk.ts'

export default defineAgent({
  name: 'travel-desk',
  description: 'Finds and books flights',
  version: '1.0.0',
  skills: [findFlights, bookTrip, showBooking],
  tools: [findFlightsTool],
  needs: talkNeeds,
  // Words decide where a message says no skill; what they do not decide is talk, for which it takes a model.
  route({ text }) {
    if (/\b(booked|booking)\b/i.test(text)) return showBooking.id
    if (/\bbook\b/i.test(text)) return bookTrip.id
    if (/\b(flights?|fly)\b/i.test(text)) return findFlights.id
    return undefined
  },
  onMessage: talk,
})
