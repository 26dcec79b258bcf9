import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import type { Message } from '../model/message'
import { isActive, isTerminal } from '../model/task-state'
import type { StoredTask } from '../port/run-store'
import type { RunOutcome, SubmitInput } from './agent-runtime'
import { matchAnswers } from './answers'
import type { Follower } from './follower'
import { loadLive } from './recover'
import { Run, type RunHost } from './run'
import { TaskWriter } from './task-writer'

/**
 * Goes on with a stored task: takes the answers by compare-and-set, before anything else happens, then resumes the
 * engine that asked.
 *
 * @throws PfError PF_TASK_NOT_FOUND, PF_CONTEXT_MISMATCH, PF_TASK_TERMINAL, PF_BUSY, PF_INTERRUPT_*
 */
export async function followUp(host: RunHost, input: SubmitInput, stored: StoredTask, follower: Follower): Promise<RunOutcome> {
  checkFollowUp(input.message, stored)
  const { services } = host
  const interrupts = stored.facts.interrupts ?? []
  const { answers, problem } = await matchAnswers(interrupts, input.message.parts, input.answers, services.clock.now())

  const run = new Run(host, { ...input, message: { ...input.message, taskId: stored.task.id } }, stored.task.contextId)
  run.answers = answers
  const writer = new TaskWriter(services.store, { stored })
  const message = run.message
  writer.emit({ type: 'message', message })
  writer.converse(message)
  const after = apply(interrupts, answers)
  for (const event of ended(answers)) writer.emit(event)
  writer.setFacts({ interrupts: after, runId: run.runId })

  const waiting = after.some((one) => one.status === 'open')
  const refused = answers.some((answer) => answer.status === 'cancelled') && stored.facts.checkpoint?.engine === 'handler'
  if (waiting || refused) return stay(run, writer, refused ? { state: 'canceled' } : { state: stored.task.status.state, ...(problem !== undefined && { problem }) })

  writer.emit({ type: 'status', status: { state: 'working', timestamp: run.timestamp() } })
  run.adopt(writer)
  await take(host, writer, stored, answers)
  run.resumedAt = writer.lastSeq
  follower.follow(run)
  follower.started(writer)
  run.outcome = run.resume(stored)
  return run.outcome
}

/** Whether this message can go on with this task now. */
function checkFollowUp(message: Message, stored: StoredTask): void {
  const { task } = stored
  if (message.contextId !== undefined && message.contextId !== task.contextId) {
    throw new PfError('PF_CONTEXT_MISMATCH', undefined, { details: { taskId: task.id } })
  }
  if (isTerminal(task.status.state)) throw new PfError('PF_TASK_TERMINAL', undefined, { details: { taskId: task.id, state: task.status.state } })
  if (isActive(task.status.state)) throw new PfError('PF_BUSY', undefined, { retryAfterMs: 1000 })
}

/** Commits the answers. Whoever loses the race for a question is told that it was answered. */
async function take(host: RunHost, writer: TaskWriter, stored: StoredTask, answers: readonly InterruptAnswer[]): Promise<void> {
  try {
    await writer.flush()
  } catch (error) {
    if (!PfError.is(error, 'PF_STORE_CONFLICT') && !PfError.is(error, 'PF_LEASE_LOST')) throw error
    const now = await loadLive(host.services, stored.key)
    const taken = answers.find((answer) => now?.facts.interrupts?.find((one) => one.id === answer.interruptId)?.status !== 'open')
    if (taken !== undefined) throw new PfError('PF_INTERRUPT_ANSWERED', undefined, { details: { interruptId: taken.interruptId }, cause: error })
    throw new PfError('PF_BUSY', undefined, { retryAfterMs: 1000, cause: error })
  }
}

function apply(interrupts: readonly Interrupt[], answers: readonly InterruptAnswer[]): Interrupt[] {
  return interrupts.map((one): Interrupt => {
    const answer = answers.find((candidate) => candidate.interruptId === one.id)
    if (answer === undefined) return one
    if (answer.status === 'cancelled') return { ...one, status: 'canceled' }
    return { ...one, status: 'answered', ...(answer.payload !== undefined && { answer: answer.payload }) }
  })
}

function ended(answers: readonly InterruptAnswer[]): RunEvent[] {
  return answers.map((answer) => ({ type: 'interrupt-end', interruptId: answer.interruptId, status: answer.status === 'cancelled' ? 'canceled' : 'answered' }))
}

/** Nothing resumes: questions are still open (asked again where an answer did not fit), or nobody will answer them. */
async function stay(run: Run, writer: TaskWriter, to: { state: StoredTask['task']['status']['state']; problem?: string }): Promise<RunOutcome> {
  const { contextId } = run.context
  const status = { state: to.state, timestamp: run.timestamp() }
  if (to.problem !== undefined) {
    const message: Message = { messageId: run.services.random.id(), role: 'agent', parts: [{ text: to.problem }], contextId, taskId: writer.key.taskId }
    writer.emit({ type: 'message', message })
    writer.converse(message)
    writer.emit({ type: 'status', status: { ...status, message } })
  } else writer.emit({ type: 'status', status })
  try {
    await writer.flush()
  } catch (error) {
    if (PfError.is(error, 'PF_STORE_CONFLICT')) throw new PfError('PF_BUSY', undefined, { retryAfterMs: 1000, cause: error })
    throw error
  }
  return { task: writer.stored() }
}
