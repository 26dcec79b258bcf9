import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ProblemNotice, Loading } from '../parts/notice'
import { durationText } from '../parts/figures'
import { StateBadge } from '../parts/task-state'
import { UsageView } from '../parts/usage'
import type { TaskDetails } from '../../src/tasks/task-summary'
import { openThread } from '../session/thread-id'
import { watchTask, type WatchedTask } from './watch-task'
import { stays } from './stays'
import { type Row, timeline } from './timeline'

interface TaskViewProps {
  id: string
  onBack(): void
  /** Told where the conversation is to be seen. */
  onOpen(): void
}

/** A task with its states, what it used, and its events. */
export function TaskView({ id, onBack, onOpen }: TaskViewProps) {
  const watched = useSignal<WatchedTask>({ events: [] })
  useEffect(() => watchTask(id, (next) => (watched.value = next)), [id])
  const { task, events, problem } = watched.value
  return (
    <div class="stack">
      <button type="button" class="wa-plain back" onClick={onBack}>
        ← All tasks
      </button>
      {problem && <ProblemNotice problem={problem} />}
      {task === undefined ? (
        !problem && <Loading what="Reading the task …" />
      ) : (
        <>
          <TaskHead task={task} onOpen={onOpen} />
          <section aria-label="States">
            <h3>States</h3>
            <ol class="stays">
              {stays(events).map((stay, index) => (
                <li key={index}>
                  <StateBadge state={stay.state as TaskDetails['state']} />
                  {stay.ms !== undefined && <small>{durationText(stay.ms)}</small>}
                </li>
              ))}
            </ol>
          </section>
          {task.usage && (
            <section aria-label="Usage">
              <h3>Usage</h3>
              <UsageView usage={task.usage} />
            </section>
          )}
          <section aria-label="Timeline">
            <h3>
              Timeline <small>{task.lastSeq} events</small>
            </h3>
            {task.events === undefined && <p class="hint">This store keeps no events.</p>}
            <ol class="timeline">
              {timeline(events).map((row) => (
                <TimelineRow key={row.seq} row={row} />
              ))}
            </ol>
          </section>
        </>
      )}
    </div>
  )
}

/** What waits can be taken up again in its conversation. */
function TaskHead({ task, onOpen }: { task: TaskDetails; onOpen(): void }) {
  const { id, contextId, title, state, questions } = task
  const waits = questions > 0
  return (
    <header class="task-head">
      <h2>{title || id}</h2>
      <p class="hint">
        <code>{id}</code>
      </p>
      <div class="actions">
        <StateBadge state={state} />
        <button
          type="button"
          class={waits ? 'wa-brand wa-accent' : 'wa-outlined'}
          onClick={() => {
            openThread(contextId)
            onOpen()
          }}
        >
          {waits ? `Resume: ${questions} open ${questions === 1 ? 'question' : 'questions'}` : 'Open the conversation'}
        </button>
      </div>
    </header>
  )
}

function TimelineRow({ row }: { row: Row }) {
  const { seq, untilSeq, kind, title, text, at, events } = row
  const isOpen = useSignal(false)
  return (
    <li class={`timeline-row kind-${kind}`}>
      <details onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
        <summary>
          <span class="number">{seq === untilSeq ? seq : `${seq}–${untilSeq}`}</span>
          <span class="timeline-title">{title}</span>
          {at !== undefined && <time dateTime={at}>{at.slice(11, 23)}</time>}
          {text !== undefined && text !== '' && <span class="preview">{text.slice(0, 160)}</span>}
        </summary>
        {isOpen.value && (
          <pre class="json" tabIndex={0} aria-label={`Events of ${title}`}>
            <code>
              {events
                .map(({ seq: number, event }) => `${number} ${JSON.stringify(event)}`)
                .join('\n')
                .slice(0, 20_000)}
            </code>
          </pre>
        )}
      </details>
    </li>
  )
}
