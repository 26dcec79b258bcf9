import { signal } from '@preact/signals'
import { Composer } from './composer'
import { Conversation } from './conversation'
import { Desk } from './desk'
import { TripBoard } from './trip-board'

const desk = signal(new Desk())
const isBoardOpen = signal(false)

function startAnew(): void {
  history.replaceState(undefined, '', location.pathname)
  desk.value = new Desk()
  isBoardOpen.value = false
}

// Another conversation in the address, such as by the back button.
addEventListener('hashchange', () => {
  desk.value = new Desk()
})

/** The page: a conversation, and the trip beside it. On a narrow screen the trip is behind a button. */
export function App() {
  const current = desk.value
  const { trip } = current.state.value
  const route = trip === undefined ? 'Your trip' : `${trip.from} → ${trip.to}`
  return (
    <div class="page">
      <header>
        <h1>
          <Plane /> <span>Travel desk</span>
        </h1>
        <button
          type="button"
          class="quiet board-toggle"
          aria-expanded={isBoardOpen.value}
          aria-controls="board"
          onClick={() => (isBoardOpen.value = !isBoardOpen.value)}
        >
          {route}
        </button>
        <button type="button" class="quiet" onClick={startAnew}>
          New trip
        </button>
      </header>
      <main>
        <Conversation desk={current} />
        <Composer desk={current} />
      </main>
      <aside id="board" aria-label="Your trip" class={isBoardOpen.value ? 'open' : ''}>
        <TripBoard desk={current} />
      </aside>
    </div>
  )
}

function Plane() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path d="m7 17 18-8-6 16-3.500-6.500z" fill="var(--on-accent)" />
    </svg>
  )
}
