import type { JsonObject, JsonValue, RunContext } from '@pf-agents/agent-core'
import type { Flight } from './flights.ts'

/** What the traveller wants, as a page lets them say it. */
export type Wishes = { travellers?: number; maxFare?: number }

/** How far a trip is. */
export type Trip = {
  from: string
  to: string
  day: string
  flights: Flight[]
  flight?: string
  travellers?: number
  seats?: string[]
  total?: number
  reference?: string
}

const key = 'board'

/**
 * State that the desk shares with a page (AG-UI), `{ wishes, trip }`: the page writes the wishes, the desk the trip. It is
 * kept with the task, so that the page is right even where somebody else answers. Callers over A2A share nothing.
 */
export function tripBoard(context: RunContext) {
  const { clientState, state } = context
  const shared = clientState ?? state.task.get(key)
  const wishes = wishesOf(shared)
  return {
    wishes,
    show(trip: Trip): void {
      if (shared === undefined) return
      const board: JsonObject = { wishes, trip }
      state.task.set(key, board)
      context.emit({ type: 'state-snapshot', state: board })
    },
  }
}

/** A page may send anything: what is no wish is none. */
function wishesOf(shared: JsonValue | undefined): Wishes {
  const wishes = isObject(shared) && isObject(shared['wishes']) ? shared['wishes'] : {}
  const { travellers, maxFare } = wishes
  return {
    ...(isWhole(travellers) && travellers >= 1 && travellers <= 9 && { travellers }),
    ...(isWhole(maxFare) && maxFare > 0 && { maxFare }),
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isWhole = (value: JsonValue | undefined): value is number => Number.isInteger(value)
