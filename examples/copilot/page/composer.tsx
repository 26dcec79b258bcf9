import { isKeyboardFree, sendsByEnter } from '@pf-agents/tooling-page/conversation'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Desk } from './desk'

/** Where the traveller writes. While the desk works it stops it; while the desk waits, the answer is given above. */
export function Composer({ desk }: { desk: Desk }) {
  const text = useSignal('')
  const field = useRef<HTMLTextAreaElement>(null)
  const isWorking = desk.isWorking.value
  const isBusy = isWorking || desk.isWaiting.value

  // Whoever answered by the keyboard writes on here.
  useEffect(() => {
    if (!isBusy && isKeyboardFree()) field.current?.focus()
  }, [isBusy])

  useEffect(() => {
    if (!isWorking) return undefined
    const stop = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') void desk.cancel()
    }
    addEventListener('keydown', stop)
    return () => removeEventListener('keydown', stop)
  }, [isWorking, desk])

  function send(): void {
    const said = text.value.trim()
    if (said === '' || isBusy) return
    text.value = ''
    void desk.say(said)
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={field}
        aria-label="Message"
        rows={1}
        placeholder={desk.isWaiting.value ? 'Answer above' : 'Ask the travel desk'}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (sendsByEnter(event)) send()
        }}
      />
      {isBusy ? (
        <button type="button" onClick={() => void desk.cancel()}>
          {isWorking ? 'Stop' : 'Cancel'}
        </button>
      ) : (
        <button type="submit" class="primary" disabled={text.value.trim() === ''}>
          Send
        </button>
      )}
    </form>
  )
}
