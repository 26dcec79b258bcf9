import { isAtWorkOutside, keepEndInView } from '@pf-agents/tooling-page/conversation'
import { useEffect, useRef } from 'preact/hooks'
import type { Answered, Desk } from './desk'
import { Entry } from './entry'
import { Question } from './question'
import { SeatMap } from './seat-map'

const openers = ['Book a trip', 'Which flights are there?', 'What have I booked?']

/** What was said, what is asked, and what the desk is doing. */
export function Conversation({ desk }: { desk: Desk }) {
  const { messages, answered, questions, calls, notice, isWorking } = desk
  const log = useRef<HTMLDivElement>(null)
  useEffect(() => (log.current ? keepEndInView(log.current, '.asked > *') : undefined), [])
  const focus = useFocusOnNew(questions.value[0]?.id ?? calls.value[0]?.id)
  const results = new Map(
    messages.value.flatMap((one) => (one.role === 'tool' ? [[one.toolCallId, one] as const] : [])),
  )
  const isEmpty = messages.value.length === 0 && notice.value === undefined && !isWorking.value
  return (
    <div class="conversation" ref={log}>
      <div class="log" role="log" aria-label="Conversation">
        {isEmpty && <Welcome desk={desk} />}
        <AnsweredAfter id={undefined} answered={answered.value} />
        {messages.value.map((message) => (
          <div key={message.id} class="turn">
            <Entry message={message} results={results} />
            <AnsweredAfter id={message.id} answered={answered.value} />
          </div>
        ))}
        {isWorking.value && (
          <p class="working">
            <span class="dots" aria-hidden="true" /> <span>Working</span>
          </p>
        )}
        {notice.value && (
          <p class={`notice ${notice.value.kind}`} role={notice.value.kind === 'error' ? 'alert' : 'status'}>
            {notice.value.text}{' '}
            {notice.value.canRejoin && (
              <button type="button" class="quiet" onClick={() => void desk.rejoin()}>
                Look again
              </button>
            )}
          </p>
        )}
      </div>
      <div class="asked" ref={focus}>
        {questions.value.map((question) => (
          <Question
            key={question.id}
            question={question}
            flights={desk.state.value.trip?.flights ?? []}
            onAnswer={(payload) => void desk.answer(question, payload)}
          />
        ))}
        {calls.value.map((call) => (
          <SeatMap key={call.id} call={call} onPick={(result) => void desk.giveResult(call, result)} />
        ))}
      </div>
    </div>
  )
}

function Welcome({ desk }: { desk: Desk }) {
  return (
    <div class="welcome">
      <h2>Where to?</h2>
      <p>The desk knows flights between Lisbon, Vienna and Oslo. Set your wishes for the trip, or just begin.</p>
      <div class="choices">
        {openers.map((text) => (
          <button type="button" key={text} onClick={() => void desk.say(text)}>
            {text}
          </button>
        ))}
      </div>
    </div>
  )
}

function AnsweredAfter({ id, answered }: { id: string | undefined; answered: readonly Answered[] }) {
  return (
    <>
      {answered
        .filter(({ afterMessage }) => afterMessage === id)
        .map(({ prompt, answer }) => (
          <div key={prompt} class="turn">
            <p class="said">{prompt}</p>
            <p class="said own">{answer}</p>
          </div>
        ))}
    </>
  )
}

/**
 * Whoever uses the keyboard is where the answer goes; where that is a button, before it: who is writing would agree to
 * something by Enter. Whoever is at work elsewhere in the page is left there.
 */
function useFocusOnNew(what: string | undefined) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (what === undefined || isAtWorkOutside('.conversation, .composer')) return
    const places = ['input', 'select', '[role=gridcell][tabindex="0"]', '.question']
    const place = places.map((one) => ref.current?.querySelector<HTMLElement>(one)).find((one) => one)
    place?.focus({ preventScroll: true })
  }, [what])
  return ref
}
