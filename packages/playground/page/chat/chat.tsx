import { keepEndInView } from '@pf-agents/tooling-page/conversation'
import { useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { PlaygroundConfig } from '../../src/playground-config'
import { Loading, ProblemNotice } from '../parts/notice'
import type { Problem } from '../session/problem'
import type { Session } from '../session/session'
import { Composer } from './composer'
import { EntryView } from './entry'
import { PendingCalls } from './pending-calls'
import { Questions } from './questions'
import { transcript } from './transcript'
import { Welcome } from './welcome'

/** The conversation, what it asks, and where one writes. */
export function Chat({ session, config }: { session: Session; config: PlaygroundConfig }) {
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => (scroller.current ? keepEndInView(scroller.current, '.questions') : undefined), [])
  const entries = useComputed(() => transcript(session.messages.value)).value
  const phase = session.phase.value
  const problem = session.problem.value
  const questions = session.questions.value
  const isEmpty = entries.length === 0 && problem === undefined && questions.length === 0
  return (
    <section class="chat" aria-label="Conversation">
      <div class="scroller" ref={scroller} tabIndex={0} role="log" aria-live="polite" aria-relevant="additions">
        <div class="entries">
          {isEmpty &&
            (phase === 'joining' ? (
              <Loading what="Looking for the conversation …" />
            ) : (
              phase === 'idle' && <Welcome config={config} session={session} />
            ))}
          {entries.map((entry, index) => (
            <EntryView
              key={`${entry.kind} ${entry.id}`}
              entry={entry}
              session={session}
              isLast={index === entries.length - 1}
            />
          ))}
          <Progress session={session} />
          {session.wasCancelled.value && phase === 'idle' && <p class="stopped">Stopped.</p>}
          {problem && <ProblemView problem={problem} session={session} />}
          <Questions session={session} />
          <PendingCalls session={session} />
        </div>
      </div>
      <Composer session={session} />
    </section>
  )
}

/** That something is under way, and what. */
function Progress({ session }: { session: Session }) {
  const phase = session.phase.value
  if (phase !== 'running' && phase !== 'cancelling') return null
  const step = session.steps.value.at(-1)
  return (
    <p class="progress" role="status">
      <span class="pulse" aria-hidden="true" />
      {phase === 'cancelling' ? 'Stopping …' : step === undefined ? 'Working …' : `Working: ${step} …`}
    </p>
  )
}

function ProblemView({ problem, session }: { problem: Problem; session: Session }) {
  const isIdle = session.phase.value === 'idle'
  return (
    <ProblemNotice problem={problem}>
      {isIdle && problem.action === 'retry' && (
        <button type="button" class="wa-outlined" onClick={() => void session.retry()}>
          Try again
        </button>
      )}
      {isIdle && problem.action === 'join' && (
        <button type="button" class="wa-outlined" onClick={() => void session.join()}>
          Join again
        </button>
      )}
      {problem.action === 'authorize' && <span>Set your credentials under “Headers” in the run settings.</span>}
    </ProblemNotice>
  )
}
