import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { Interrupt } from '@ag-ui/client'
import { Choice } from '../form/choice'
import { Json } from '../parts/json'
import type { Session } from '../session/session'
import { transcript } from './transcript'

/** What was decided on a call of a tool: the plain word, where the agent knows no other. */
export type Decision = boolean | { approved: boolean; reason?: string }

interface ApprovalProps {
  question: Interrupt
  session: Session
  value: unknown
  onChange(value: unknown): void
  /** Decides and sends, where it is the only question. */
  onDecide?(decision: Decision): void
  /** What stands beside the two ways to decide. */
  beside?: ComponentChildren
}

/** Asks whether a tool may be called, and shows what with. */
export function Approval({ question, session, value, onChange, onDecide, beside }: ApprovalProps) {
  const { message = 'May the agent do this?', toolCallId, responseSchema } = question
  const call = transcript(session.messages.value)
    .flatMap((entry) => (entry.kind === 'assistant' ? entry.calls : []))
    .find(({ id }) => id === toolCallId)
  const takesReason = hasReason(responseSchema)
  const decision = (approved: boolean, reason = ''): Decision =>
    takesReason ? { approved, ...(reason !== '' && { reason }) } : approved
  return (
    <>
      <p class="question-kind">Approval</p>
      {call === undefined ? (
        <p class="question-text">{message}</p>
      ) : (
        <>
          <p class="question-text">
            The agent wants to call <code>{call.name}</code> with
          </p>
          <Json value={argumentsOf(call.args)} label={`Arguments of ${call.name}`} />
        </>
      )}
      {onDecide === undefined ? (
        <Choice
          label="May it?"
          hint={undefined}
          required
          choices={[
            { value: decision(true), label: 'Approve' },
            { value: decision(false), label: 'Deny' },
          ]}
          value={value}
          onChange={onChange}
        />
      ) : (
        <Decide
          takesReason={takesReason}
          beside={beside}
          onDecide={(approved, reason) => onDecide(decision(approved, reason))}
        />
      )}
    </>
  )
}

interface DecideProps {
  takesReason: boolean
  beside: ComponentChildren
  onDecide(approved: boolean, reason: string): void
}

function Decide({ takesReason, beside, onDecide }: DecideProps) {
  const id = useId()
  const [reason, setReason] = useState('')
  return (
    <>
      {takesReason && (
        <div class="field">
          <label for={id}>Reason, if you deny it</label>
          <input
            id={id}
            type="text"
            value={reason}
            autocomplete="off"
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </div>
      )}
      <div class="actions">
        <button type="button" class="wa-success wa-accent" onClick={() => onDecide(true, '')}>
          Approve
        </button>
        <button type="button" class="wa-danger wa-outlined" onClick={() => onDecide(false, reason)}>
          Deny
        </button>
        {beside}
      </div>
    </>
  )
}

function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function hasReason(schema: unknown): boolean {
  const { properties, anyOf } = (schema ?? {}) as { properties?: Record<string, unknown>; anyOf?: unknown[] }
  return properties !== undefined ? 'approved' in properties : (anyOf ?? []).some(hasReason)
}
