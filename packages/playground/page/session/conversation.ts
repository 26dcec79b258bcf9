import { computed, effect, signal } from '@preact/signals'
import type { PlaygroundConfig } from '../../src/playground-config'
import { readConfig } from './api'
import { options } from './options'
import { type Problem, problemOf } from './problem'
import { Session } from './session'
import { refreshTasks, watchTasks } from './tasks'
import { mayBeKnown, threadId } from './thread-id'

/** The agent that the page is for; `undefined` until it is known. */
export const config = signal<PlaygroundConfig | undefined>(undefined)
export const startProblem = signal<Problem | undefined>(undefined)

/** Conversations that were opened: their runs go on while another is in front. */
const sessions = new Map<string, Session>()

/** The conversation in front. */
export const session = computed<Session | undefined>(() => {
  if (config.value === undefined) return undefined
  const id = threadId.value
  let found = sessions.get(id)
  if (found === undefined) {
    const url = new URL(config.value.agui, window.location.href).href
    found = new Session(url, id, () => options.peek(), refreshTasks)
    sessions.set(id, found)
    if (mayBeKnown(id)) void found.join()
  }
  return found
})

// Other credentials may see other tasks, and may be let in where the ones before were not.
effect(() => {
  void options.value
  if (config.peek() === undefined) return
  refreshTasks()
  const current = session.peek()
  if (current?.problem.peek()?.action !== 'authorize') return
  // What was said goes out now; where nothing was, the conversation is yet to be joined.
  void (current.messages.peek().length > 0 ? current.retry() : current.join())
})

/** Finds out what the page is for. */
export async function start(): Promise<void> {
  startProblem.value = undefined
  try {
    config.value = await readConfig()
    document.title = `${config.value.name} · Playground`
    watchTasks()
  } catch (error) {
    startProblem.value = problemOf(error, 'retry')
  }
}
