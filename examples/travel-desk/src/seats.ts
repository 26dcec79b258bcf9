import type { JsonObject, JsonValue, Reply, RunContext } from '@pf-agents/agent-core'
import type { Flight } from './flights.ts'

/** A tool that a page may bring (AG-UI): it shows a cabin, and the traveller picks. */
const toolName = 'choose_seats'
const toolCallId = 'seats'
const rows = 6
const letters = ['A', 'B', 'C', 'D']

export const canChooseSeats = ({ clientTools }: RunContext): boolean =>
  clientTools.some(({ name }) => name === toolName)

/** Calls the tool of the page: the run waits, and the next one has what was picked in the slot `seats`. */
export function chooseSeats({ number, seats: free }: Flight, travellers: number, context: RunContext): Reply {
  const args: JsonObject = { flight: number, travellers, rows, letters, taken: takenSeats(number, free) }
  context.emit({ type: 'tool-call-start', toolCallId, name: toolName })
  context.emit({ type: 'tool-call-delta', toolCallId, delta: JSON.stringify(args) })
  context.emit({ type: 'tool-call-end', toolCallId })
  return {
    reply: 'suspended',
    state: 'input-required',
    interrupts: [{ kind: 'client-tool', prompt: `Which ${travellers} seats?`, slot: 'seats', toolCallId }],
  }
}

/** The seats that were picked; none where the traveller did not care, or the page sent what is no free seat of the flight. */
export function chosenSeats({ number, seats: free }: Flight, travellers: number, context: RunContext): string[] {
  const answer = context.slots['seats']
  const seats = picked(answer)
  const taken = takenSeats(number, free)
  const isFree = (seat: string): boolean => allSeats.includes(seat) && !taken.includes(seat)
  const chosen = new Set(seats).size === travellers && seats.every(isFree) ? seats : []
  tellResult(chosen, context)
  return chosen
}

/** The call has its result: those who look later see both. */
function tellResult(seats: string[], { interrupts, answers, emit }: RunContext): void {
  const asked = interrupts.find((one) => one.slot === 'seats')
  if (!answers.some(({ interruptId }) => interruptId === asked?.id)) return
  emit({ type: 'tool-result', toolCallId, parts: [{ data: { seats } }] })
}

/** What a page gives as `{ seats }`, and a caller over A2A as words. */
function picked(answer: JsonValue | undefined): string[] {
  if (typeof answer === 'string') return answer.toUpperCase().match(/\b\d+[A-D]\b/g) ?? []
  const seats = typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer['seats'] : undefined
  return Array.isArray(seats) ? seats.filter((seat) => typeof seat === 'string') : []
}

const allSeats = Array.from({ length: rows }, (_, row) => letters.map((letter) => `${row + 1}${letter}`)).flat()

/** All but as many as are free, the same ones every time. */
function takenSeats(number: string, free: number): string[] {
  const from = Number(number.replace(/\D/g, ''))
  // 7 and 24 have no factor in common, so every seat has a place of its own in the order.
  return allSeats.filter((_, index) => (index * 7 + from) % allSeats.length >= free)
}
