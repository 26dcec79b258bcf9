import type { Tool } from '@ag-ui/client'

/** The cabin of a flight, as the desk describes it to `choose_seats`. */
export type Cabin = { flight: string; travellers: number; rows: number; letters: string[]; taken: string[] }

/** What this page can do for the agent. The first waits for the traveller, the second is done at once. */
export const pageTools: Tool[] = [
  {
    name: 'choose_seats',
    description: 'Shows the cabin of a flight to the traveller, who picks seats. Gives { seats }.',
    parameters: {
      type: 'object',
      properties: {
        flight: { type: 'string' },
        travellers: { type: 'integer', minimum: 1 },
        rows: { type: 'integer', minimum: 1 },
        letters: { type: 'array', items: { type: 'string' } },
        taken: { type: 'array', items: { type: 'string' }, description: 'Seats nobody can have, such as 3A' },
      },
      required: ['flight', 'travellers', 'rows', 'letters', 'taken'],
    },
  },
  {
    name: 'mark_flight',
    description: 'Marks a flight in the timetable that the traveller sees.',
    parameters: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
  },
]
