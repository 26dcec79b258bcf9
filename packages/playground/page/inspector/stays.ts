import type { StoredEvent } from '../../src/tasks/task-summary'

/** A state with how long the task was in it. */
export interface Stay {
  state: string
  /** Milliseconds; absent for the last. */
  ms?: number
}

/** The states of a task in order. A state that is only told again is one. */
export function stays(events: readonly StoredEvent[]): Stay[] {
  const changes: { state: string; at: number }[] = []
  for (const { event } of events) {
    if (event.type !== 'status' || event.status.state === changes.at(-1)?.state) continue
    changes.push({ state: event.status.state, at: Date.parse(event.status.timestamp) })
  }
  return changes.map(({ state, at }, index) => {
    const next = changes[index + 1]
    return { state, ...(next && { ms: next.at - at }) }
  })
}
