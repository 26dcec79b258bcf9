import { Json } from '../parts/json'
import type { Session } from '../session/session'
import type { Call } from './transcript'

/** A call of a tool, with its arguments and what came of it. */
export function ToolCall({ call, session }: { call: Call; session: Session }) {
  const { id, name, args, result, isError } = call
  const isAsked = session.questions.value.some(({ toolCallId }) => toolCallId === id)
  const isOurs = session.pendingCalls.value.includes(id)
  const isDone = result !== undefined
  const isRunning = !isDone && !isAsked && !isOurs && session.phase.value !== 'idle'
  const [variant, state] = isDone
    ? isError
      ? ['danger', 'failed']
      : ['success', 'done']
    : isAsked || isOurs
      ? ['warning', 'waits for you']
      : isRunning
        ? ['brand', 'running']
        : ['neutral', 'no result']
  return (
    <details class="fold tool-call">
      <summary>
        <code>{name}</code>
        <wa-badge variant={variant} appearance="filled" pill>
          {state}
        </wa-badge>
      </summary>
      <p class="fold-title">Arguments</p>
      <Json value={parsed(args)} label={`Arguments of ${name}`} />
      {isDone && (
        <>
          <p class="fold-title">{isError ? 'Error' : 'Result'}</p>
          <Json value={typeof result === 'string' ? parsed(result) : result} label={`Result of ${name}`} />
        </>
      )}
    </details>
  )
}

/** The value of a JSON text; the text where it is none, or not whole yet. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
