import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { PlaygroundConfig } from '../../src/playground-config'
import { ArtifactCard } from '../parts/artifact'
import { Json } from '../parts/json'
import { Empty, Loading, ProblemNotice } from '../parts/notice'
import { type PartLike, PartView } from '../parts/part'
import { StateBadge } from '../parts/task-state'
import type { TaskState } from '../../src/tasks/task-summary'
import type { Session } from '../session/session'
import { type A2aView, watchContext } from './watch-context'

type Task = NonNullable<A2aView['tasks']>[number]

/** The same conversation as another agent sees it: the tasks of its context, over A2A. */
export function A2aPanel({ config, session }: { config: PlaygroundConfig; session: Session }) {
  const view = useSignal<A2aView>({})
  // Each run is looked at anew; while it goes on it is watched.
  const isWorking = session.phase.value === 'running' || session.phase.value === 'cancelling'
  useEffect(
    () => watchContext(config.root, session.threadId, (next) => (view.value = next)),
    [config, session, isWorking],
  )
  const { tasks, live, problem } = view.value
  if (tasks === undefined) return problem ? <ProblemNotice problem={problem} /> : <Loading what="Asking over A2A …" />
  return (
    <div class="stack">
      {problem && <ProblemNotice problem={problem} />}
      <p class="hint">
        Context <code>{session.threadId}</code>
        {live !== undefined && (
          <wa-badge variant="brand" appearance="filled" pill>
            watching by SubscribeToTask
          </wa-badge>
        )}
      </p>
      {tasks.length === 0 && (
        <Empty title="Nothing over A2A yet">
          <p>The tasks of this conversation appear here as ListTasks, GetTask and SubscribeToTask tell them.</p>
        </Empty>
      )}
      {tasks.map((task) => (
        <TaskCard key={task.id} task={task} />
      ))}
    </div>
  )
}

function TaskCard({ task }: { task: Task }) {
  const { id, status, history, artifacts } = task
  return (
    <section class="a2a-task" aria-label={`Task ${id}`}>
      <header>
        <code>{id}</code>
        <StateBadge state={status.state as TaskState} />
      </header>
      {history.map(({ messageId, role, parts }) => (
        <div key={messageId} class={`a2a-message ${role}`}>
          <small>{role}</small>
          {parts.map((part, index) => (
            <PartView key={index} part={part as PartLike} />
          ))}
        </div>
      ))}
      {artifacts.map((artifact) => (
        <ArtifactCard key={artifact.artifactId} artifact={{ ...artifact }} />
      ))}
      <details class="fold">
        <summary>As JSON</summary>
        <Json value={task} label={`Task ${id}`} />
      </details>
    </section>
  )
}
