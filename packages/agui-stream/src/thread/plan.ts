import {
  compileSchema,
  type Interrupt,
  type InterruptAnswer,
  isTerminal,
  type JsonValue,
  PfError,
  type StoredTask,
} from '@pf-agents/agent-core'
import type { ContentPart } from '@ag-ui/core'
import type { ResumeEntry, RunInput } from '../input/run-input'
import type { WireMessage } from '../wire/event'
import { wireId } from '../wire/wire-id'
import type { Thread } from './thread'

type UserMessage = Extract<WireMessage, { role: 'user' }>
type ToolMessage = Extract<WireMessage, { role: 'tool' }>

/** What a request comes to. */
export type Plan =
  /** A new task begins with this message. */
  | { does: 'begin'; message: UserMessage | undefined }
  /** A task goes on with answers, and what the user said beside them. */
  | { does: 'answer'; stored: StoredTask; answers: InterruptAnswer[]; message: UserMessage | undefined }
  /** A task waits for answers that the request does not have: it is asked again. */
  | { does: 'ask'; stored: StoredTask }
  /** Everything that the request gives up is closed already. */
  | { does: 'close' }

/**
 * Finds what a request is for: the answers to open questions, or a new task.
 *
 * @param warn - told of answers to questions that there never were
 * @throws PfError PF_INTERRUPT_MISFIT, PF_INTERRUPT_ANSWERED, PF_INTERRUPT_EXPIRED, PF_INTERRUPT_UNKNOWN,
 * PF_TASK_TERMINAL
 */
export async function planRun(input: RunInput, thread: Thread, warn: (warning: string) => void): Promise<Plan> {
  const message = lastUserMessage(input.messages)
  const fresh =
    message !== undefined && isLast(input.messages, message) && !thread.has(message.id) ? message : undefined
  const results = openResults(input.messages)
  if (input.resume.length > 0) {
    const plan = await resumed(input.resume, results, fresh, thread, warn)
    if (plan !== undefined) return plan
  } else if (results.size > 0) {
    const stored = await thread.withInterrupt((one, taskId) => isAnsweredBy(one, taskId, results))
    const answers = stored && (await toolAnswers(stored, results))
    if (stored !== undefined && answers !== undefined && answers.length > 0)
      return { does: 'answer', stored, answers, message: fresh }
  }
  const waiting = await thread.waiting()
  if (waiting === undefined) return { does: 'begin', message }
  if (openOf(waiting).some((one) => !isClientCall(one))) return { does: 'ask', stored: waiting }
  // The user went on rather than wait for the tools of the page: what called them is over, and the message begins anew.
  await thread.terms.runtime.cancel(waiting.task.id, thread.terms.principal)
  return { does: 'begin', message }
}

async function resumed(
  resume: readonly ResumeEntry[],
  results: ReadonlyMap<string, ToolMessage>,
  fresh: UserMessage | undefined,
  thread: Thread,
  warn: (warning: string) => void,
): Promise<Plan | undefined> {
  const ids = new Set(resume.map((one) => one.interruptId))
  const stored = await thread.withInterrupt((one) => ids.has(one.id))
  const known = stored?.facts.interrupts ?? []
  const entries = resume.filter(({ interruptId }) => known.some((one) => one.id === interruptId))
  if (entries.length < resume.length) warn(`${resume.length - entries.length} answers to questions that are not known`)
  if (stored === undefined) {
    if (fresh !== undefined) return undefined
    throw new PfError('PF_INTERRUPT_UNKNOWN', undefined, { details: { interruptIds: [...ids] } })
  }
  const isOpen = entries.some(({ interruptId }) => openOf(stored).some((one) => one.id === interruptId))
  if (!isOpen) {
    // After a resume that failed a client has to name the same questions again: with something new to say, it goes on.
    if (fresh !== undefined) return undefined
    if (isTerminal(stored.task.status.state) && entries.every(({ status }) => status === 'cancelled'))
      return { does: 'close' }
  }
  await checkPayloads(entries, known)
  const answers = entries.map(({ interruptId, status, payload }): InterruptAnswer => ({
    interruptId,
    status,
    ...(payload !== undefined && { payload }),
  }))
  return { does: 'answer', stored, answers: [...answers, ...(await toolAnswers(stored, results))], message: fresh }
}

/** @throws PfError PF_INTERRUPT_MISFIT where an answer to an open question does not fit its schema */
async function checkPayloads(entries: readonly ResumeEntry[], known: readonly Interrupt[]): Promise<void> {
  for (const { interruptId, status, payload } of entries) {
    const interrupt = known.find((one) => one.id === interruptId)
    if (status === 'cancelled' || interrupt?.schema === undefined || interrupt.status !== 'open') continue
    const { issues } = await compileSchema(interrupt.schema).check(payload)
    if (issues === undefined) continue
    const problems = issues.map(({ message }) => message.replace(/\.$/, ''))
    throw new PfError(
      'PF_INTERRUPT_MISFIT',
      `The answer to ${interruptId} does not match its schema: ${problems.join('; ')}. The question is still open.`,
      { details: { interruptId, issues: problems } },
    )
  }
}

const openOf = ({ facts }: StoredTask): Interrupt[] => (facts.interrupts ?? []).filter((one) => one.status === 'open')

const isClientCall = (one: Interrupt): boolean => one.kind === 'client-tool' && one.toolCallId !== undefined

function isAnsweredBy(one: Interrupt, taskId: string, results: ReadonlyMap<string, ToolMessage>): boolean {
  return isClientCall(one) && one.status === 'open' && results.has(wireId(taskId, one.toolCallId as string))
}

/** What the page's tools gave, as answers to the calls that wait for it. */
async function toolAnswers(stored: StoredTask, results: ReadonlyMap<string, ToolMessage>): Promise<InterruptAnswer[]> {
  const { id } = stored.task
  return openOf(stored)
    .filter((one) => isAnsweredBy(one, id, results))
    .map((one) => {
      const { content, error } = results.get(wireId(id, one.toolCallId as string)) as ToolMessage
      const given = resultValue(content)
      const payload = error === undefined ? given : { error, content: given }
      return { interruptId: one.id, status: 'resolved', payload }
    })
}

/** What a tool of the page gave: the JSON that its text is, or the text. */
function resultValue(content: string | ContentPart[]): JsonValue {
  if (typeof content !== 'string') return content as unknown as JsonValue
  try {
    return JSON.parse(content) as JsonValue
  } catch {
    return content
  }
}

function lastUserMessage(messages: readonly WireMessage[]): UserMessage | undefined {
  return messages.findLast((one) => one.role === 'user')
}

/** Whether nothing but what the client itself says follows a message. */
function isLast(messages: readonly WireMessage[], message: WireMessage): boolean {
  return messages.slice(messages.indexOf(message) + 1).every(({ role }) => role === 'system' || role === 'developer')
}

/** Results of tools, by call. */
function openResults(messages: readonly WireMessage[]): ReadonlyMap<string, ToolMessage> {
  return new Map(messages.flatMap((one) => (one.role === 'tool' ? [[one.toolCallId, one] as const] : [])))
}
