import { applyEvent, type StoredEvent, type StoredTask, type Task, type TaskKey } from '@pf-agents/agent-core'

/**
 * A task as it was when it was submitted, told by its first events: all before its first status. A task as it stands is
 * no good for that: it may be over already, and what is told behind it would be a step back.
 */
export function submittedTask(
  events: readonly StoredEvent[],
  key: TaskKey,
): { stored: StoredTask; rest: readonly StoredEvent[] } {
  const found = events.findIndex(({ event }) => event.type === 'status')
  const end = found < 0 ? events.length : found
  const first = events[end]?.event
  const timestamp = first?.type === 'status' ? first.status.timestamp : ''
  const task: Task = {
    id: key.taskId,
    contextId: '',
    status: { state: 'submitted', timestamp },
    artifacts: [],
    history: [],
  }
  for (const { event } of events.slice(0, end)) applyEvent(task, event)
  // The message that began a task carries the context that was chosen for it.
  task.contextId = task.history[0]?.contextId ?? ''
  const facts = { principal: { id: key.principalId }, runId: '' }
  return { stored: { key, task, facts, version: 1, lastSeq: events[end - 1]?.seq ?? 0 }, rest: events.slice(end) }
}
