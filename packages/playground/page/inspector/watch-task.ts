import type { StoredEvent, TaskDetails } from '../../src/tasks/task-summary'
import { readTask } from '../session/api'
import { type Problem, problemOf } from '../session/problem'

/** A task as far as it is known. */
export interface WatchedTask {
  task?: TaskDetails
  events: readonly StoredEvent[]
  problem?: Problem
}

/** How soon a task is asked for again that goes on, and one that waits, in ms. */
const pace = { live: 500, waiting: 3000 }
const over = new Set(['completed', 'failed', 'canceled', 'rejected'])

/** Reads a task, then what is new of it for as long as it is not over. Returns how to stop. */
export function watchTask(id: string, onChange: (watched: WatchedTask) => void): () => void {
  const stop = new AbortController()
  let events: readonly StoredEvent[] = []
  const look = async (): Promise<number | undefined> => {
    const task = await readTask(id, (events.at(-1)?.seq ?? 0) + 1, stop.signal)
    const fresh = task.events ?? []
    events = [...events, ...fresh]
    onChange({ task, events })
    if (fresh.length > 0 && (events.at(-1)?.seq ?? 0) < task.lastSeq) return 0
    if (over.has(task.state)) return undefined
    return task.state === 'working' || task.state === 'submitted' ? pace.live : pace.waiting
  }
  const run = async (): Promise<void> => {
    try {
      for (let wait = await look(); wait !== undefined; wait = await look()) {
        await new Promise((resolve) => setTimeout(resolve, wait))
        if (stop.signal.aborted) return
      }
    } catch (error) {
      if (!stop.signal.aborted) onChange({ events, problem: problemOf(error) })
    }
  }
  void run()
  return () => stop.abort()
}
