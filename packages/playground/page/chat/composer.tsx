import { isKeyboardFree, sendsByEnter } from '@pf-agents/tooling-page/conversation'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Session } from '../session/session'
import { RunSettings } from './run-settings'

/** Where somebody writes: Enter sends, Shift+Enter begins a line, Escape stops the run. */
export function Composer({ session }: { session: Session }) {
  const text = useSignal('')
  const area = useRef<HTMLTextAreaElement>(null)
  const phase = session.phase.value
  const isWorking = phase === 'running' || phase === 'cancelling'
  const isAsked = session.questions.value.length > 0
  useEffect(() => {
    // Also once an answer was given, which the keyboard was at.
    if (!isAsked && isKeyboardFree()) area.current?.focus()
  }, [session, isAsked])
  const send = (): void => {
    const said = text.value.trim()
    if (said === '' || session.phase.value !== 'idle' || isAsked) return
    text.value = ''
    void session.send(said)
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <label for="message" class="visually-hidden">
        Message
      </label>
      <textarea
        id="message"
        ref={area}
        rows={1}
        placeholder={isAsked ? 'Answer the question above first' : 'Write to the agent …'}
        value={text.value}
        disabled={isAsked}
        enterkeyhint="send"
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && isWorking) void session.cancel()
          if (sendsByEnter(event)) send()
        }}
      />
      <div class="composer-row">
        <RunSettings />
        {isWorking ? (
          <button
            type="button"
            class="wa-danger wa-outlined"
            disabled={phase === 'cancelling'}
            onClick={() => void session.cancel()}
          >
            {phase === 'cancelling' ? 'Stopping …' : 'Stop'}
          </button>
        ) : (
          <button
            type="submit"
            class="wa-brand wa-accent"
            disabled={text.value.trim() === '' || phase !== 'idle' || isAsked}
          >
            Send
          </button>
        )}
      </div>
    </form>
  )
}
