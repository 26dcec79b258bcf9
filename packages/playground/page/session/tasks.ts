import { signal } from '@preact/signals'
import type { TaskSummary } from '../../src/tasks/task-summary'
import { readTasks } from './api'
import { type Problem, problemOf } from './problem'
import { soon } from './soon'

/** How often tasks are asked for that others may have begun, in ms. */
const lookEvery = 2500

/** The caller's tasks, newest first; `undefined` until they are known. */
export const tasks = signal<readonly TaskSummary[] | undefined>(undefined)
export const tasksProblem = signal<Problem | undefined>(undefined)
export const olderTasks = signal<string | undefined>(undefined)

async function load(): Promise<void> {
  try {
    const page = await readTasks()
    const known = new Set(page.tasks.map(({ id }) => id))
    const older = (tasks.value ?? []).filter(({ id }) => !known.has(id))
    const hasAll = page.next === undefined
    tasks.value = hasAll ? page.tasks : [...page.tasks, ...older]
    if (hasAll || older.length === 0) olderTasks.value = page.next
    tasksProblem.value = undefined
  } catch (error) {
    tasksProblem.value = problemOf(error)
  }
}

const loadSoon = soon(() => void load(), 150)

/** Asks for the newest tasks, soon. */
export const refreshTasks = (): void => loadSoon.ask()

export async function loadOlderTasks(): Promise<void> {
  try {
    const page = await readTasks(olderTasks.value)
    const known = new Set((tasks.value ?? []).map(({ id }) => id))
    tasks.value = [...(tasks.value ?? []), ...page.tasks.filter(({ id }) => !known.has(id))]
    olderTasks.value = page.next
  } catch (error) {
    tasksProblem.value = problemOf(error)
  }
}

/** Keeps the list as it is on the server, while somebody may see it. */
export function watchTasks(): void {
  void load()
  setInterval(() => {
    if (document.visibilityState === 'visible') void load()
  }, lookEvery)
}
