import { PfError } from '../error/pf-error'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import { defaultSlot, isExpired, openInterrupts } from '../interrupt/interrupt-list'
import { isJsonObject, type JsonValue } from '../model/json'
import type { Message } from '../model/message'
import { getOwn } from '../model/own-property'
import { dataOf, type Part, textOf } from '../model/part'
import { compileSchema, type SchemaIssue } from '../schema/schema'
import { describeIssues } from './describe-issues'
import { howToAnswer, inBrackets } from './questions'
import { nameOf, spoken, spokenByName } from './spoken'

/** What a follow-up answers, and what about it does not fit. */
export interface MatchedAnswers {
  answers: InterruptAnswer[]
  /** Why an answer was not taken: the question is asked again with this. */
  problem?: string
}

/**
 * Checks the answers of a follow-up against the questions: each must be for one that is open, and was asked before the
 * follow-up came in, and fit its schema.
 *
 * @throws PfError PF_INTERRUPT_UNKNOWN, PF_INTERRUPT_ANSWERED, PF_INTERRUPT_EXPIRED, PF_REQUEST_INVALID
 */
export async function matchAnswers(
  interrupts: readonly Interrupt[],
  { answers, known }: { answers: readonly InterruptAnswer[]; known: ReadonlySet<string> },
  now: number,
  schemaSteps?: number,
): Promise<MatchedAnswers> {
  const accepted: InterruptAnswer[] = []
  const problems: string[] = []
  const seen = new Set<string>()
  for (const answer of answers) {
    const { interruptId } = answer
    const details = { interruptId }
    const interrupt = interrupts.find((one) => one.id === interruptId)
    if (interrupt === undefined || !known.has(interruptId))
      throw new PfError('PF_INTERRUPT_UNKNOWN', undefined, { details })
    if (isExpired(interrupt, now)) throw new PfError('PF_INTERRUPT_EXPIRED', undefined, { details })
    if (interrupt.status !== 'open') throw new PfError('PF_INTERRUPT_ANSWERED', undefined, { details })
    if (seen.has(interruptId))
      throw new PfError(
        'PF_REQUEST_INVALID',
        `The question ${interruptId} is answered twice in one message. Answer it once.`,
        { details },
      )
    seen.add(interruptId)
    const problem = await misfit(interrupt, answer, schemaSteps)
    if (problem === undefined) accepted.push(answer)
    else problems.push(problem)
  }
  if (answers.length === 0) problems.push(...unclear(openInterrupts(interrupts), known))
  return problems.length === 0 ? { answers: accepted } : { answers: accepted, problem: problems.join(' ') }
}

/** Why a message answers none of the questions. One that is alone is asked again with it. */
function unclear(open: readonly Interrupt[], known: ReadonlySet<string>): string[] {
  const [only, ...others] = open
  if (only === undefined) return []
  const why = open.every(({ id }) => known.has(id))
    ? `Say which question you answer: ${open.map(nameOf).join(', ')}.`
    : 'Your message came in before this was asked:'
  return others.length === 0 ? [why, only.prompt] : [why]
}

/**
 * What a plain message answers: the one open question, or several by their slots: the fields of its data, or the lines
 * of its text (`city: Rome`).
 */
export function impliedAnswers(interrupts: readonly Interrupt[], { parts }: Message): InterruptAnswer[] {
  const open = openInterrupts(interrupts)
  const [only, ...others] = open
  if (only === undefined) return []
  const data = dataOf(parts)
  const text = textOf(parts)
  const byName = (questions: readonly Interrupt[]): InterruptAnswer[] =>
    data === undefined ? spokenByName(questions, text) : filledBy(questions, data)
  // Who has answered others by their names will do so with the last one.
  const isFree = data === undefined && interrupts.length === 1 && only.schema === undefined
  const named = isFree ? [] : byName(open)
  if (named.length > 0) return named
  // What names one that is answered is a second answer to that, not the first one to another.
  const earlier = interrupts.filter(({ status, slot }) => status !== 'open' && !takesField(only, slot))
  const again = byName(earlier)
  if (again.length > 0 || others.length > 0) return again
  return [{ interruptId: only.id, status: 'resolved', payload: data === undefined ? spoken(only, text) : data }]
}

/** The answers in the fields of an object, by slot. */
function filledBy(questions: readonly Interrupt[], data: JsonValue): InterruptAnswer[] {
  if (!isJsonObject(data)) return []
  const isAlone = questions.length === 1
  return questions.flatMap((one): InterruptAnswer[] => {
    const slot = one.slot ?? (isAlone ? defaultSlot : undefined)
    const payload = slot === undefined || (isAlone && takesField(one, slot)) ? undefined : getOwn(data, slot)
    return payload === undefined ? [] : [{ interruptId: one.id, status: 'resolved', payload }]
  })
}

/** The parts of a message that answers by itself which are not the answer. */
export function partsBeside(parts: readonly Part[]): Part[] {
  const answer = parts.find((part) => 'data' in part && part.data !== undefined)
  return parts.filter((part) => (answer === undefined ? part.text === undefined : part !== answer))
}

/** Whether the question itself is for an object with such a field: then the data is the answer, not a bag of slots. */
function takesField(interrupt: Interrupt, field = defaultSlot): boolean {
  const properties = interrupt.schema?.properties
  return isJsonObject(properties) && Object.hasOwn(properties, field)
}

async function misfit(
  interrupt: Interrupt,
  answer: InterruptAnswer,
  schemaSteps: number | undefined,
): Promise<string | undefined> {
  if (answer.status === 'cancelled' || interrupt.schema === undefined) return undefined
  const { issues } = await compileSchema(interrupt.schema).check(answer.payload, schemaSteps)
  return issues && `${interrupt.prompt}${inBrackets(interrupt, whatIsWrong(interrupt, answer.payload, issues))}`
}

/** What was wrong with an answer. People who wrote a text are told how to answer, not what a validator has found. */
function whatIsWrong(interrupt: Interrupt, payload: JsonValue | undefined, issues: readonly SchemaIssue[]): string {
  const how = howToAnswer(interrupt)
  const isText = typeof payload === 'string'
  const isSingle = payload === null || typeof payload !== 'object'
  const wantsMore = interrupt.schema?.['type'] === 'object' || interrupt.schema?.['type'] === 'array'
  if (how === undefined || !(isText || interrupt.kind === 'approval' || (isSingle && wantsMore)))
    return describeIssues(issues, interrupt.slot ?? defaultSlot)
  const said = isText ? payload.trim() : isSingle ? JSON.stringify(payload) : ''
  if (said === '') return `That is no answer. ${how}`
  const shown = said.length > longestShown ? `${said.slice(0, longestShown)}…` : said
  return `${JSON.stringify(shown)} is no answer to this. ${how}`
}

/** Characters of an answer that is told to be none. */
const longestShown = 60
