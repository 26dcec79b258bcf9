import { checkSkillScopes } from '../agent/skill-scopes'
import type { Checkpoint } from '../engine/checkpoint'
import { type HandlerCheckpoint, handlerCheckpoint, handlerEngine } from '../engine/handler-engine'
import { PfError } from '../error/pf-error'
import { answerInterrupts, closeInterrupts, openInterrupts } from '../interrupt/interrupt-list'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import { isActive, isTerminal } from '../model/task-state'
import type { Message } from '../model/message'
import type { Part } from '../model/part'
import type { StoredTask } from '../port/run-store'
import type { RunOutcome, SubmitInput } from './agent-runtime'
import { impliedAnswers, matchAnswers, partsBeside } from './answers'
import { engineOf, resumeRun } from './carry-out'
import { agentMessage } from './conclude'
import { loadLive } from './overdue'
import { promptParts } from './questions'
import { changeQuestions } from './questions-change'
import { Run } from './run'
import type { RunHost } from './run-host'

/**
 * Names the questions that a plain message answers, as they stood when it came in: it answers nothing that is asked later,
 * however long it waits for its turn.
 *
 * @throws PfError PF_INTERRUPT_ANSWERED where all questions are answered, and the task is at work on that
 */
export function bindAnswers(
  submitted: SubmitInput,
  { task }: StoredTask,
  interrupts: readonly Interrupt[] = [],
): BoundInput {
  const { message, answers: named = [] } = submitted
  const known = new Set(interrupts.map(({ id }) => id))
  if (named.length > 0) {
    const said = new Set(named.map(({ payload }) => JSON.stringify(payload)))
    return { remark: message.parts.filter((part) => !repeats(part, said)), ...submitted, answers: named, known }
  }
  if (openInterrupts(interrupts).length > 0) {
    const answers = impliedAnswers(interrupts, message)
    // What answers nothing is asked about, not passed on.
    return { ...submitted, answers, known, remark: answers.length > 0 ? partsBeside(message.parts) : [] }
  }
  if (known.size === 0 || isTerminal(task.status.state))
    return { ...submitted, answers: [], known, remark: message.parts }
  throw new PfError('PF_INTERRUPT_ANSWERED', undefined, { details: { taskId: task.id } })
}

/** Whether a part says what an answer says: a message has to have a part, be it for people to read. */
function repeats({ text, data }: Part, said: ReadonlySet<string | undefined>): boolean {
  const own = JSON.stringify(text ?? data)
  return own !== undefined && said.has(own)
}

/** A follow-up with what it answers, and what it says beside that. */
export interface BoundInput extends SubmitInput {
  answers: readonly InterruptAnswer[]
  remark: readonly Part[]
  /** Ids of all questions that had been asked when it came in. */
  known: ReadonlySet<string>
}

/** Remarks kept while questions are open; older ones are left to the history. */
const maxRemarks = 16

/** Everything said since the questions were asked that answers none of them. */
function remarksOf({ message, remark }: BoundInput, { facts, task }: StoredTask): readonly Message[] {
  const before = facts.remarks ?? []
  const parts = remark.filter(({ text }) => text !== '')
  return parts.length === 0 ? before : [...before, { ...message, parts, taskId: task.id }].slice(-maxRemarks)
}

/**
 * Goes on with a stored task: takes the answers by compare-and-set, before anything else happens, then resumes the
 * engine that asked. `onResume` is called once the answers are taken.
 *
 * @throws PfError PF_CONTEXT_MISMATCH, PF_TASK_TERMINAL, PF_BUSY, PF_ENGINE_MISSING, PF_CHECKPOINT_SCHEMA, PF_FORBIDDEN,
 * PF_INTERRUPT_*
 */
export async function followUp(
  host: RunHost,
  bound: BoundInput,
  stored: StoredTask,
  onResume: (run: Run) => void,
): Promise<RunOutcome> {
  const checkpoint = stored.facts.checkpoint ?? handlerCheckpoint({ isCalled: false })
  checkFollowUp(host, bound, stored)
  const skill = host.router.skill(stored.facts.skillId)
  if (skill !== undefined) checkSkillScopes(skill, bound.principal)
  const { answers, problem } = await matchAnswers(
    stored.facts.interrupts ?? [],
    bound,
    host.services.clock.now(),
    host.router.schemaSteps,
  )

  const run = new Run(
    host,
    { ...bound, message: { ...bound.message, taskId: stored.task.id } },
    stored.task.contextId,
    stored,
  )
  const writer = run.promote()
  run.answers = answers
  run.remarks = remarksOf(bound, stored)
  if (skill !== undefined) run.assign(skill)
  try {
    // Answers that are named may come without a word.
    if (run.message.parts.length > 0) writer.emit({ type: 'message', message: run.message })
    run.tellState(writer)
    const left = settleQuestions(run, answers, takesCancelled(checkpoint))
    if (left !== 'none') {
      if (left === 'open') {
        if (run.remarks !== stored.facts.remarks && run.remarks.length > 0)
          writer.setFacts({ remarks: [...run.remarks] })
        askAgain(run, stored, problem)
      } else writer.emit({ type: 'status', status: { state: 'canceled', timestamp: run.timestamp() } })
      await take(run, answers)
      return { task: writer.stored() }
    }
    if (stored.facts.remarks !== undefined) writer.setFacts({ remarks: undefined })
    writer.emit({ type: 'status', status: { state: 'working', timestamp: run.timestamp() } })
    writer.lease(run.leaseUntil())
    run.asked = writer.facts.interrupts ?? []
    await take(run, answers)
    onResume(run)
    return await resumeRun(run, checkpoint)
  } finally {
    run.close()
  }
}

/** Whether who asked can be told that nobody will answer. */
function takesCancelled({ engine, data }: Checkpoint): boolean {
  return engine !== handlerEngine.name || (data as HandlerCheckpoint).takesCancelled === true
}

/** Whether this message can go on with this task now, here. */
function checkFollowUp(host: RunHost, { message, answers }: BoundInput, { task, facts }: StoredTask): void {
  const { state } = task.status
  if (message.contextId !== undefined && message.contextId !== task.contextId) {
    throw new PfError('PF_CONTEXT_MISMATCH', undefined, { details: { taskId: task.id } })
  }
  if (isTerminal(state)) throw overError(task.id, state, facts.interrupts, answers)
  if (isActive(state)) throw new PfError('PF_BUSY', undefined, { retryAfterMs: 1000 })
  // An engine or a skill that is missing here, or older, may be there elsewhere: the questions stay open.
  if (facts.checkpoint !== undefined) {
    const { schemaVersion } = facts.checkpoint
    const { name, schemaVersion: newest = Infinity } = engineOf(host, facts.checkpoint)
    if (schemaVersion > newest) {
      const what = `The checkpoint of this task has version ${schemaVersion}; the engine "${name}" reads up to ${newest}.`
      throw new PfError('PF_CHECKPOINT_SCHEMA', `${what} The task waits for a newer one.`)
    }
  }
  if (facts.skillId !== undefined && host.router.skill(facts.skillId) === undefined) {
    throw new PfError(
      'PF_ENGINE_MISSING',
      `The skill "${facts.skillId}", which owns this task, is not served any more.`,
    )
  }
}

/** Why an answer to a task that is over is refused: its question was answered, or expired, or the task just is over. */
function overError(
  taskId: string,
  state: string,
  interrupts: readonly Interrupt[] = [],
  answers: readonly InterruptAnswer[],
): PfError {
  const statuses = answers.map((answer) => interrupts.find((one) => one.id === answer.interruptId)?.status)
  const details = { taskId, state }
  if (statuses.includes('answered')) return new PfError('PF_INTERRUPT_ANSWERED', undefined, { details })
  const hasExpired =
    statuses.includes('expired') || (answers.length === 0 && interrupts.some((one) => one.status === 'expired'))
  return new PfError(hasExpired ? 'PF_INTERRUPT_EXPIRED' : 'PF_TASK_TERMINAL', undefined, { details })
}

/** Fills the answers in, and says what is left: open questions, a refusal that ends the task, or nothing. */
function settleQuestions(
  run: Run,
  answers: readonly InterruptAnswer[],
  isToldOfCancelled: boolean,
): 'open' | 'refused' | 'none' {
  const writer = run.promote()
  let after = answerInterrupts(writer.facts.interrupts ?? [], answers)
  // A handler has no way to go on without an answer to what it asks itself. Engines, and a loop within a handler, are told
  // that nobody will give one.
  const isRefused = !isToldOfCancelled && answers.some((answer) => answer.status === 'cancelled')
  if (isRefused) after = closeInterrupts(after, run.services.clock.now())
  changeQuestions(writer, after, { runId: run.runId, ...(isRefused && { checkpoint: undefined }) })
  if (isRefused) return 'refused'
  return openInterrupts(after).length > 0 ? 'open' : 'none'
}

/** Questions are still open: says which, and what was wrong with the answers. */
function askAgain(run: Run, stored: StoredTask, problem: string | undefined): void {
  const writer = run.promote()
  const open = openInterrupts(writer.facts.interrupts)
  const questions = problem === undefined || open.length > 1 ? promptParts(open) : []
  const parts = [...(problem === undefined ? [] : [{ text: problem }]), ...questions]
  const message = agentMessage(run, parts)
  writer.emit({ type: 'message', message })
  writer.emit({ type: 'status', status: { state: stored.task.status.state, timestamp: run.timestamp(), message } })
}

/** Commits the answers. Whoever loses the race for a question is told that it was answered. */
async function take(run: Run, answers: readonly InterruptAnswer[]): Promise<void> {
  const writer = run.promote()
  try {
    await writer.flush()
  } catch (error) {
    if (!PfError.is(error, 'PF_STORE_CONFLICT') && !PfError.is(error, 'PF_LEASE_LOST')) throw error
    const now = await loadLive(run.host, writer.key)
    const { state } = now?.task.status ?? {}
    const interrupts = now?.facts.interrupts ?? []
    const taken = answers.find(
      (answer) => interrupts.find((one) => one.id === answer.interruptId)?.status === 'answered',
    )
    if (taken !== undefined)
      throw new PfError('PF_INTERRUPT_ANSWERED', undefined, {
        details: { interruptId: taken.interruptId },
        cause: error,
      })
    if (state !== undefined && isTerminal(state)) throw overError(writer.key.taskId, state, interrupts, answers)
    throw new PfError('PF_BUSY', undefined, { retryAfterMs: 1000, cause: error })
  }
}
