import { useState } from 'preact/hooks'
import { Field } from '../form/field'
import type { Session } from '../session/session'
import { transcript } from './transcript'
import { useFocusWhenAsked } from './use-focus-when-asked'

/** Calls of tools that a page is to carry out: here a person says what came of them. */
export function PendingCalls({ session }: { session: Session }) {
  const pending = session.pendingCalls.value
  if (pending.length === 0 || session.phase.value !== 'idle') return null
  const calls = transcript(session.messages.value).flatMap((entry) => (entry.kind === 'assistant' ? entry.calls : []))
  return (
    <>
      {pending.map((id) => (
        <PendingCall key={id} id={id} name={calls.find((call) => call.id === id)?.name ?? id} session={session} />
      ))}
    </>
  )
}

function PendingCall({ id, name, session }: { id: string; name: string; session: Session }) {
  const [text, setText] = useState('')
  const form = useFocusWhenAsked()
  return (
    <form
      class="questions"
      ref={form}
      tabIndex={-1}
      aria-label={`Result of ${name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void session.answerCall(id, text)
      }}
    >
      <p class="question-kind">A tool of the page</p>
      <Field
        label={`What did ${name} give? Text or JSON`}
        schema={undefined}
        required
        value={text}
        onChange={(value) => setText(typeof value === 'string' ? value : '')}
      />
      <div class="actions">
        <button type="submit" class="wa-brand wa-accent">
          Send the result
        </button>
      </div>
    </form>
  )
}
