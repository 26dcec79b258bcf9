import type { ToolCall } from '@ag-ui/client'
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Cabin } from './page-tools'

/** The tool `choose_seats`: the agent calls it, the traveller carries it out. Arrow keys move, Space picks. */
export function SeatMap({ call, onPick }: { call: ToolCall; onPick: (result: object) => void }) {
  const cabin = JSON.parse(call.function.arguments) as Cabin
  const { flight, travellers, rows, letters, taken } = cabin
  const picked = useSignal<readonly string[]>([])
  const current = useSignal('1A')
  const grid = useRef<HTMLDivElement>(null)

  function pick(seat: string): void {
    current.value = seat
    if (taken.includes(seat)) return
    const others = picked.value.filter((one) => one !== seat)
    const isNew = others.length === picked.value.length
    // One too many: the first that was picked makes room.
    picked.value = isNew ? [...others, seat].slice(-travellers) : others
  }

  function move(event: KeyboardEvent): void {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const [down = 0, right = 0] = step
    const row = clamp(Number.parseInt(current.value) + down, 1, rows)
    const column = clamp(letters.indexOf(current.value.replace(/\d+/, '')) + right, 0, letters.length - 1)
    current.value = `${row}${letters[column]}`
    grid.current?.querySelector<HTMLElement>(`[data-seat="${current.value}"]`)?.focus()
  }

  const missing = travellers - picked.value.length
  return (
    <section class="question" tabIndex={-1} aria-label={`Seats on ${flight}`}>
      <p>
        Pick {travellers === 1 ? 'a seat' : `${travellers} seats`} on {flight}.
      </p>
      <div class="cabin" role="grid" aria-label={`Cabin of ${flight}`} ref={grid} onKeyDown={move}>
        {Array.from({ length: rows }, (_, index) => index + 1).map((row) => (
          <div role="row" key={row}>
            {letters.map((letter) => {
              const seat = `${row}${letter}`
              const isTaken = taken.includes(seat)
              return (
                <button
                  type="button"
                  role="gridcell"
                  key={seat}
                  data-seat={seat}
                  class="seat"
                  aria-label={`Seat ${seat}${isTaken ? ', taken' : ''}`}
                  aria-selected={picked.value.includes(seat)}
                  aria-disabled={isTaken}
                  tabIndex={seat === current.value ? 0 : -1}
                  onClick={() => pick(seat)}
                >
                  {seat}
                </button>
              )
            })}
          </div>
        ))}
      </div>
      <div class="choices">
        <button type="button" class="primary" disabled={missing > 0} onClick={() => onPick({ seats: picked.value })}>
          {missing > 0 ? `Pick ${missing}${picked.value.length > 0 ? ' more' : ''}` : `Take ${picked.value.join(', ')}`}
        </button>
        <button type="button" onClick={() => onPick({ error: 'The traveller does not care where to sit.' })}>
          Any seat
        </button>
      </div>
    </section>
  )
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))
