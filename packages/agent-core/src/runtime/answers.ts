import { PfError } from '../error/pf-error'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import type { JsonObject, JsonValue } from '../model/json'
import { dataOf, type Part, textOf } from '../model/part'
import { compileSchema } from '../schema/schema'

/** What a follow-up answers, and what about it does not fit. */
export interface MatchedAnswers {
  answers: InterruptAnswer[]
  /** Why an answer was not taken: the question is asked again with this. */
  problem?: string
}

/**
 * Finds out which open questions a follow-up answers. Answers that are named must fit the questions that are open;
 * without names the message answers the one open question, or by slot the fields of its data.
 *
 * @throws PfError PF_INTERRUPT_UNKNOWN, PF_INTERRUPT_ANSWERED, PF_INTERRUPT_EXPIRED
 */
export async function matchAnswers(interrupts: readonly Interrupt[], parts: readonly Part[], named: readonly InterruptAnswer[] | undefined, now: number): Promise<MatchedAnswers> {
  const open = interrupts.filter((one) => one.status === 'open')
  const answers = named && named.length > 0 ? named : implied(open, parts)
  const accepted: InterruptAnswer[] = []
  let problem: string | undefined
  for (const answer of answers) {
    const interrupt = interrupts.find((one) => one.id === answer.interruptId)
    if (interrupt === undefined) throw new PfError('PF_INTERRUPT_UNKNOWN', undefined, { details: { interruptId: answer.interruptId } })
    if (interrupt.status !== 'open') throw new PfError('PF_INTERRUPT_ANSWERED', undefined, { details: { interruptId: answer.interruptId } })
    if (interrupt.expiresAt !== undefined && Date.parse(interrupt.expiresAt) <= now) throw new PfError('PF_INTERRUPT_EXPIRED', undefined, { details: { interruptId: answer.interruptId } })
    const wrong = await misfit(interrupt, answer)
    if (wrong === undefined) accepted.push(answer)
    else problem = problem === undefined ? wrong : `${problem} ${wrong}`
  }
  if (answers.length === 0 && open.length > 0) {
    problem = `Several questions are open; say which one you answer: ${open.map((one) => one.slot ?? one.id).join(', ')}.`
  }
  return problem === undefined ? { answers: accepted } : { answers: accepted, problem }
}

/** What a plain message answers. */
function implied(open: readonly Interrupt[], parts: readonly Part[]): InterruptAnswer[] {
  const data = dataOf(parts)
  const [only] = open
  if (open.length === 1 && only !== undefined) {
    const bySlot = only.slot !== undefined && isObject(data) && Object.hasOwn(data, only.slot) && !takesField(only, only.slot) ? data[only.slot] : undefined
    return [{ interruptId: only.id, status: 'resolved', payload: bySlot ?? data ?? textOf(parts) }]
  }
  if (!isObject(data)) return []
  return open.flatMap((one): InterruptAnswer[] => {
    const value = one.slot !== undefined && Object.hasOwn(data, one.slot) ? data[one.slot] : undefined
    return value === undefined ? [] : [{ interruptId: one.id, status: 'resolved', payload: value }]
  })
}

/** Whether the question itself is for an object with such a field: then the data is the answer, not a bag of slots. */
function takesField(interrupt: Interrupt, field: string): boolean {
  const properties = interrupt.schema?.properties
  return isObject(properties) && Object.hasOwn(properties, field)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function misfit(interrupt: Interrupt, answer: InterruptAnswer): Promise<string | undefined> {
  if (answer.status === 'cancelled' || interrupt.schema === undefined) return undefined
  const result = await compileSchema(interrupt.schema).check(answer.payload)
  if (result.issues === undefined) return undefined
  const why = result.issues.map((issue) => `${issue.path ? `${issue.path}: ` : ''}${issue.message}`).slice(0, 5).join(' ')
  return `${interrupt.prompt} (${why})`
}
