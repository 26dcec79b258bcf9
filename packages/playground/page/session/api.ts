import type { PlaygroundConfig } from '../../src/playground-config'
import type { TaskDetails, TaskList } from '../../src/tasks/task-summary'
import { options } from './options'
import { headersOf } from './run-options'

/** Reads JSON of the server. Rejects with `status` and `payload` where it was refused. */
async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    headers: { accept: 'application/json', ...headersOf(options.value.headers) },
    ...(signal && { signal }),
  })
  const payload: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status, payload })
  return payload as T
}

export const readConfig = (): Promise<PlaygroundConfig> => read('config.json')

export function readTasks(after?: string): Promise<TaskList> {
  return read(`api/tasks${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`)
}

/** A task with its events from a number on. */
export function readTask(id: string, from: number, signal?: AbortSignal): Promise<TaskDetails> {
  return read(`api/tasks/${encodeURIComponent(id)}?from=${from}`, signal)
}
