import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Interrupt, ResumeEntry } from '@ag-ui/client'
import { Field } from '../form/field'
import type { FieldSchema } from '../form/field-kind'
import type { Session } from '../session/session'
import { Approval, type Decision } from './approval'
import { useFocusWhenAsked } from './use-focus-when-asked'

const kindOf = ({ reason }: Interrupt): 'approval' | 'auth' | 'input' =>
  reason === 'tool_call' ? 'approval' : reason === 'auth_required' ? 'auth' : 'input'

/** What a run waits for. All of it is answered at once. */
export function Questions({ session }: { session: Session }) {
  const questions = session.questions.value
  // Other questions are another form, which begins empty.
  return questions.length === 0 ? null : (
    <QuestionForm key={questions.map(({ id }) => id).join()} questions={questions} session={session} />
  )
}

function QuestionForm({ questions, session }: { questions: readonly Interrupt[]; session: Session }) {
  const [answers, setAnswers] = useState<Readonly<Record<string, unknown>>>({})
  const form = useFocusWhenAsked()
  const isBusy = session.phase.value !== 'idle'
  const set = (id: string, value: unknown): void => setAnswers((before) => ({ ...before, [id]: value }))
  const send = (given: Readonly<Record<string, unknown>>): void =>
    void session.answer(
      questions.map(({ id }): ResumeEntry => ({ interruptId: id, status: 'resolved', payload: given[id] })),
    )
  const skip = (): void => void session.answer(questions.map(({ id }) => ({ interruptId: id, status: 'cancelled' })))
  const [first] = questions
  const skipButton = (
    <button type="button" class="wa-plain" onClick={skip}>
      Do not answer
    </button>
  )
  const isOneApproval = questions.length === 1 && first !== undefined && kindOf(first) === 'approval'
  return (
    <form
      class="questions"
      ref={form}
      tabIndex={-1}
      aria-label={questions.length === 1 ? 'The agent asks' : `The agent asks ${questions.length} questions`}
      onSubmit={(event) => {
        event.preventDefault()
        send(answers)
      }}
    >
      <fieldset class="questions-body" disabled={isBusy}>
        {questions.map((question) => (
          <Question
            key={question.id}
            question={question}
            session={session}
            value={answers[question.id]}
            onChange={(value) => set(question.id, value)}
            {...(isOneApproval && {
              onDecide: (decision: Decision) => send({ [question.id]: decision }),
              beside: skipButton,
            })}
          />
        ))}
        {!isOneApproval && (
          <div class="actions">
            <button type="submit" class="wa-brand wa-accent">
              {questions.length === 1 ? 'Answer' : 'Send answers'}
            </button>
            {skipButton}
          </div>
        )}
      </fieldset>
    </form>
  )
}

interface QuestionProps {
  question: Interrupt
  session: Session
  value: unknown
  onChange(value: unknown): void
  onDecide?(decision: Decision): void
  beside?: ComponentChildren
}

function Question({ question, session, value, onChange, ...deciding }: QuestionProps) {
  const { message = 'The agent needs an answer.', expiresAt, responseSchema } = question
  const kind = kindOf(question)
  return (
    <div class={`question question-${kind}`}>
      {kind === 'approval' ? (
        <Approval question={question} session={session} value={value} onChange={onChange} {...deciding} />
      ) : (
        <>
          {kind === 'auth' && <p class="question-kind">Credentials are needed</p>}
          <Field
            label={message}
            schema={responseSchema as FieldSchema | undefined}
            required
            value={value}
            onChange={onChange}
          />
        </>
      )}
      {expiresAt !== undefined && (
        <small class="hint">Can be answered until {new Date(expiresAt).toLocaleTimeString()}.</small>
      )}
    </div>
  )
}
