import { signal } from '@preact/signals'
import type { BaseEvent } from '@ag-ui/client'

/** An event as it came over the wire. */
export interface LoggedEvent {
  readonly number: number
  /** When it came, milliseconds since 1970. */
  readonly at: number
  readonly event: BaseEvent
}

/** Older events are forgotten. */
const limit = 5000

/** The raw events of a conversation, as far as this page has seen them. */
export class RunLog {
  /** Grows with every change: read it to be told of them. */
  readonly version = signal(0)
  #events: LoggedEvent[] = []
  #count = 0

  get events(): readonly LoggedEvent[] {
    return this.#events
  }

  /** All there were, those that were forgotten included. */
  get count(): number {
    return this.#count
  }

  add(event: BaseEvent): void {
    this.#events.push({ number: ++this.#count, at: Date.now(), event })
    // By halves, so that it is not done for every event.
    if (this.#events.length > limit * 2) this.#events = this.#events.slice(-limit)
    this.version.value++
  }

  clear(): void {
    this.#events = []
    this.version.value++
  }
}
