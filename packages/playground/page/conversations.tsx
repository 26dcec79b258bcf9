import { useComputed } from '@preact/signals'
import type { TaskSummary } from '../src/tasks/task-summary'
import { stateText } from './parts/task-state'
import { tasks } from './session/tasks'
import { openThread, threadId } from './session/thread-id'

/** Conversations in the list. */
const limit = 12

/** The conversations there were, to go back to. */
export function Conversations() {
  const known = useComputed(() => newestOfEach(tasks.value ?? [])).value
  return (
    <wa-dropdown
      placement="bottom-end"
      distance={4}
      onwa-select={({ detail }: CustomEvent<{ item: { value: string } }>) => openThread(detail.item.value)}
    >
      <button slot="trigger" type="button" class="wa-outlined" disabled={known.length === 0}>
        History
      </button>
      {known.map(({ contextId, title, state }) => (
        <wa-dropdown-item
          key={contextId}
          value={contextId}
          {...(contextId === threadId.value && { class: 'current', 'aria-current': 'true' })}
        >
          {title || contextId}
          <span slot="details">{stateText(state)}</span>
        </wa-dropdown-item>
      ))}
    </wa-dropdown>
  )
}

function newestOfEach(all: readonly TaskSummary[]): TaskSummary[] {
  const seen = new Map<string, TaskSummary>()
  for (const task of all) if (!seen.has(task.contextId)) seen.set(task.contextId, task)
  return [...seen.values()].slice(0, limit)
}
