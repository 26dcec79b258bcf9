import { useComputed, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Json } from '../parts/json'
import { Empty } from '../parts/notice'
import type { LoggedEvent } from '../session/run-log'
import type { Session } from '../session/session'

/** Events that are drawn at once. */
const shown = 200

/** The events of AG-UI as they came, newest first. */
export function EventsPanel({ session }: { session: Session }) {
  const filter = useSignal('')
  const id = useId()
  const { log } = session
  const matching = useComputed(() => {
    void log.version.value
    const wanted = filter.value.trim().toUpperCase()
    return wanted === '' ? log.events : log.events.filter(({ event }) => event.type.includes(wanted))
  }).value
  if (log.count === 0) {
    return (
      <Empty title="No events yet">
        <p>Every event of AG-UI that this page receives is listed here.</p>
      </Empty>
    )
  }
  return (
    <div class="stack">
      <div class="row">
        <label for={id} class="visually-hidden">
          Show only types with
        </label>
        <input
          id={id}
          type="search"
          placeholder="Filter by type, such as TOOL"
          value={filter.value}
          onInput={({ currentTarget }) => (filter.value = currentTarget.value)}
        />
        <button type="button" class="wa-outlined" onClick={() => log.clear()}>
          Clear
        </button>
      </div>
      <p class="hint">
        {matching.length} of {log.count} events{matching.length > shown && `, the newest ${shown} shown`}
      </p>
      <ol class="events" reversed>
        {matching
          .slice(-shown)
          .toReversed()
          .map((one) => (
            <EventRow key={one.number} logged={one} />
          ))}
      </ol>
    </div>
  )
}

function EventRow({ logged: { number, at, event } }: { logged: LoggedEvent }) {
  const isOpen = useSignal(false)
  return (
    <li>
      <details class="event" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
        <summary>
          <span class="number">{number}</span>
          <code>{event.type}</code>
          <span class="preview">{previewOf(event)}</span>
          <time dateTime={new Date(at).toISOString()}>{new Date(at).toISOString().slice(11, 23)}</time>
        </summary>
        {isOpen.value && <Json value={event} label={`Event ${number}`} />}
      </details>
    </li>
  )
}

function previewOf(event: object): string {
  const { delta, stepName, toolCallName, name, message, outcome } = event as Record<string, unknown>
  const said = delta ?? stepName ?? toolCallName ?? name ?? message ?? (outcome as { type?: unknown } | undefined)?.type
  return said === undefined ? '' : (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, 80)
}
