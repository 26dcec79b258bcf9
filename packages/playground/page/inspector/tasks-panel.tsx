import { useSignal } from '@preact/signals'
import type { TaskSummary } from '../../src/tasks/task-summary'
import { agoText, costText } from '../parts/figures'
import { Empty, Loading, ProblemNotice } from '../parts/notice'
import { StateBadge } from '../parts/task-state'
import type { Session } from '../session/session'
import { loadOlderTasks, olderTasks, tasks, tasksProblem } from '../session/tasks'
import { TaskView } from './task-view'

/** The caller's tasks; one of them in detail. */
export function TasksPanel({ session, onOpen }: { session: Session; onOpen(): void }) {
  const chosen = useSignal<string | undefined>(undefined)
  const known = tasks.value
  if (chosen.value !== undefined)
    return <TaskView key={chosen.value} id={chosen.value} onBack={() => (chosen.value = undefined)} onOpen={onOpen} />
  if (known === undefined)
    return tasksProblem.value ? <ProblemNotice problem={tasksProblem.value} /> : <Loading what="Reading the tasks …" />
  return (
    <div class="stack">
      {tasksProblem.value && <ProblemNotice problem={tasksProblem.value} />}
      {known.length === 0 && (
        <Empty title="No tasks yet">
          <p>Every message that the agent works on becomes a task, whichever protocol it came by.</p>
        </Empty>
      )}
      <ul class="tasks">
        {known.map((task) => (
          <li key={task.id}>
            <TaskRow
              task={task}
              isHere={task.contextId === session.threadId}
              onChoose={() => (chosen.value = task.id)}
            />
          </li>
        ))}
      </ul>
      {olderTasks.value !== undefined && (
        <button type="button" class="wa-outlined" onClick={() => void loadOlderTasks()}>
          Older tasks
        </button>
      )}
    </div>
  )
}

function TaskRow({ task, isHere, onChoose }: { task: TaskSummary; isHere: boolean; onChoose(): void }) {
  const { id, title, state, timestamp, usage, skillId, artifacts } = task
  const facts = [
    skillId,
    artifacts > 0 ? `${artifacts} ${artifacts === 1 ? 'artifact' : 'artifacts'}` : undefined,
    usage?.costUsd === undefined ? undefined : costText(usage.costUsd),
    agoText(timestamp),
  ].filter((fact) => fact !== undefined)
  return (
    <button type="button" class={isHere ? 'task here' : 'task'} onClick={onChoose}>
      <span class="task-title">{title || id}</span>
      <StateBadge state={state} />
      <span class="hint">
        {facts.join(' · ')}
        {isHere && <span class="visually-hidden">, of this conversation</span>}
      </span>
    </button>
  )
}
