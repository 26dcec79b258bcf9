import { checkHttpErrors } from './http-errors'
import type { AguiScenario } from './options'
import { answersTo, type Resume, Session, type SessionRun, type SessionTerms } from './session'

/** What a scenario does, and looks at beside what is checked of every run. */
export type Drive = (terms: SessionTerms) => Promise<void>

/** Conversations that the scenario `parallel` has at once. */
const atOnce = 8
/** Rounds of questions that an agent may ask in one scenario. */
const maxRounds = 10

type Expect = (holds: boolean, message: string) => void

const expecting =
  ({ result }: SessionTerms): Expect =>
  (holds, message) => {
    if (!holds) result.problems.push({ check: 'scenario', message, run: Math.max(0, result.runs.length - 1) })
  }

const outcomeOf = ({ end }: SessionRun): string =>
  end === undefined
    ? 'nothing'
    : end.type === 'RUN_ERROR'
      ? `RUN_ERROR ${JSON.stringify(end['code'] ?? end['message'])}`
      : ((end['outcome'] as { type?: string } | undefined)?.type ?? 'success')

const says = (content: string | undefined): string => content ?? 'Hello'

/** What a run that was begun has to come to. */
function succeeds(run: SessionRun, expect: Expect): void {
  expect(outcomeOf(run) === 'success', `The run ends with ${outcomeOf(run)}, not with success.`)
}

const has = (run: SessionRun, prefix: string): boolean => run.delivered.some(({ type }) => type.startsWith(prefix))

async function talk(terms: SessionTerms): Promise<{ session: Session; run: SessionRun; expect: Expect }> {
  const session = new Session(terms)
  return { session, run: await session.run({ content: says(terms.input.content) }), expect: expecting(terms) }
}

/** A run of which one kind of event is expected. */
const shows =
  (prefix: string, what: string): Drive =>
  async (terms) => {
    const { run, expect } = await talk(terms)
    succeeds(run, expect)
    expect(has(run, prefix), `There was no ${what}.`)
  }

/** Answers what is asked until nothing is. */
async function answerAll(terms: SessionTerms, atLeast: number, answer: (run: SessionRun) => Resume[]): Promise<void> {
  const { session, run: first, expect } = await talk(terms)
  let run = first
  expect(run.interrupts.length >= atLeast, `The run asks ${run.interrupts.length} questions, not ${atLeast} or more.`)
  for (let round = 0; run.interrupts.length > 0 && round < maxRounds; round++) {
    const asked = new Set(run.interrupts.map(({ id }) => id))
    run = await session.run({ resume: answer(run) })
    if (run.refused !== undefined) return
    const again = run.interrupts.filter(({ id }) => asked.has(id))
    expect(again.length === 0, `A question that was answered is asked again: ${again.map(({ id }) => id).join(', ')}.`)
    if (again.length > 0) return
  }
  expect(run.interrupts.length === 0, `There is no end of questions after ${maxRounds} rounds.`)
}

async function frontendTool(terms: SessionTerms): Promise<void> {
  const { session, run, expect } = await talk(terms)
  succeeds(run, expect)
  const waiting = [...run.unanswered.keys()]
  expect(waiting.length > 0, 'There was no call of a tool of the page that waits.')
  if (waiting.length === 0) return
  for (const toolCallId of waiting)
    session.add({ role: 'tool', toolCallId, content: terms.input.toolResult ?? '"red"' })
  const next = await session.run({})
  succeeds(next, expect)
  const told = next.delivered.filter(
    ({ type, toolCallId }) => type === 'TOOL_CALL_RESULT' && waiting.includes(String(toolCallId)),
  )
  expect(told.length === 0, 'The server tells results that the page gave.')
}

async function history(terms: SessionTerms): Promise<void> {
  const { session, run, expect } = await talk(terms)
  succeeds(run, expect)
  const before = structuredClone(session.agent.messages)
  succeeds(await session.run({ content: `${says(terms.input.content)} again` }), expect)
  const after = new Map(session.agent.messages.map((one) => [one.id, one]))
  for (const { id, role, content } of before) {
    const now = after.get(id)
    expect(now !== undefined, `The message ${id} of ${role} is gone after the next run.`)
    expect(
      now === undefined || JSON.stringify(now.content) === JSON.stringify(content),
      `The message ${id} of ${role} is another after the next run.`,
    )
  }
}

async function parallel(terms: SessionTerms): Promise<void> {
  const runs = await Promise.all(Array.from({ length: atOnce }, () => talk(terms)))
  for (const { run, expect } of runs) succeeds(run, expect)
}

const fails =
  (mayFailFrom?: number): Drive =>
  async (terms) => {
    const session = new Session(terms)
    const run = await session.run({
      content: says(terms.input.content),
      ...(mayFailFrom !== undefined && { mayFailFrom }),
    })
    const expect = expecting(terms)
    if (run.status !== 200) return
    expect(run.end?.type === 'RUN_ERROR', `The run ends with ${outcomeOf(run)}, not with RUN_ERROR.`)
    const message = JSON.stringify(run.end?.['message'] ?? '')
    expect(
      !/\\n\s+at |node:internal|\.[cm]?[jt]s:\d+:\d+/.test(message),
      `The error tells a stack: ${message.slice(0, 200)}`,
    )
  }

async function slow(terms: SessionTerms): Promise<void> {
  const { run, expect } = await talk(terms)
  succeeds(run, expect)
  expect(
    run.spreadMs >= 30,
    `The first event comes ${run.spreadMs.toFixed(0)} ms before the end: something holds the stream back.`,
  )
}

async function huge(terms: SessionTerms): Promise<void> {
  const { run, expect } = await talk(terms)
  succeeds(run, expect)
  expect(run.length >= 100_000, `The stream has ${run.length} bytes, which is not much.`)
}

/** Stops a run after its first words: at the place for it, or by going away. */
async function cancel(terms: SessionTerms): Promise<void> {
  const { options, input } = terms
  const expect = expecting(terms)
  const session = new Session(terms)
  let stopped: Promise<Response> | undefined
  const run = await session.run({
    content: says(input.content),
    onEvent(event, abort) {
      if (stopped !== undefined || event.type.startsWith('RUN_')) return
      const { cancelUrl, headers, fetch: send = fetch } = options
      if (cancelUrl === undefined) return abort()
      stopped = send(cancelUrl(session.ids), { method: 'POST', ...(headers && { headers }) })
    },
  })
  if (options.cancelUrl !== undefined) {
    expect(stopped !== undefined, 'The run was over before it could be stopped.')
    const response = await stopped
    expect(response?.ok === true, `The place to stop runs answers with ${response?.status}.`)
    const told = outcomeOf(run)
    expect(told === 'cancelled' || told.startsWith('RUN_ERROR'), `The run that was stopped ends with ${told}.`)
  } else expect(run.isAborted, 'The run was over before it could be broken off.')
  await goesOn(terms, expect)
}

/** A run that was stopped holds nobody up. */
async function goesOn(terms: SessionTerms, expect: Expect): Promise<void> {
  const { scenarios } = terms.options
  const text = scenarios === undefined ? { forwardedProps: { scenario: 'text' } } : scenarios.text
  if (!text) return
  const other = new Session({ ...terms, input: text })
  succeeds(await other.run({ content: says(text.content) }), expect)
}

/** All scenarios. */
export const drives: Readonly<Record<AguiScenario, Drive>> = {
  text: shows('TEXT_MESSAGE_CONTENT', 'text'),
  history,
  parallel,
  tools: shows('TOOL_CALL_RESULT', 'result of a tool'),
  'frontend-tool': frontendTool,
  state: shows('STATE_', 'event of the state'),
  reasoning: shows('REASONING_MESSAGE_', 'reasoning'),
  interrupt: (terms) => answerAll(terms, 1, ({ interrupts }) => answersTo(interrupts, terms.input)),
  'interrupt-cancelled': (terms) =>
    answerAll(terms, 1, ({ interrupts }) => interrupts.map(({ id }) => ({ interruptId: id, status: 'cancelled' }))),
  'multi-interrupt': (terms) => answerAll(terms, 2, ({ interrupts }) => answersTo(interrupts, terms.input)),
  'error-before': fails(500),
  'error-mid': fails(),
  slow,
  huge,
  cancel,
  'http-errors': checkHttpErrors,
}
