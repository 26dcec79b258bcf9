import { describeError } from '../error/describe-error'
import { isOutOfMemory } from '../error/out-of-memory'
import { PfError } from '../error/pf-error'
import type { Message } from '../model/message'
import { isActive } from '../model/task-state'
import type { Awaitable } from '../port/run-store'
import type { RunOutcome } from './agent-runtime'
import { concludeRun } from './conclude'
import { endStored } from './end-stored'
import { failureMessage, isTellable } from './failure'
import { closeQuestions } from './questions-change'
import type { Run } from './run'
import { reopenRun } from './suspend'

/**
 * Ends a run that something went wrong with: a throw, a cancel, its deadline, its store.
 * @throws where there is no task to tell it, or no store that takes it.
 */
export async function failRun(run: Run, error: unknown): Promise<RunOutcome> {
  const reason = known(run.abort.reason ?? error)
  // The direct reply was made and could not be kept, or there never was anything to cancel.
  const isUntold = run.writer === undefined && (run.over || PfError.is(reason, 'PF_RUN_CANCELED'))
  if (!isUntold) run.promote()
  // What was begun beside it stops, and what that has used is counted while it can be.
  run.abort.abort(PfError.is(reason) ? reason : new PfError('PF_INTERNAL', undefined, { cause: reason }))
  log(run, reason)
  if (isUntold) throw asStoreError(reason)
  if (run.writer?.failure === undefined) {
    try {
      return await endAs(run, reason)
    } catch (later) {
      if (run.writer?.failure === undefined) throw later
    }
  }
  return withoutWriter(run, run.writer?.failure as PfError)
}

function endAs(run: Run, reason: unknown): Awaitable<RunOutcome> {
  if (PfError.is(reason, 'PF_RUN_CANCELED')) return cancelRun(run)
  const message = messageOf(run, reason)
  const mayPass = PfError.is(reason) && reason.retryable && run.answers.length > 0 && !run.hasProgressed
  return mayPass ? reopenRun(run, message) : concludeRun(run, 'failed', message)
}

function cancelRun(run: Run): Awaitable<RunOutcome> {
  closeQuestions(run.promote(), run.services.clock.now())
  return concludeRun(run, 'canceled')
}

/**
 * The run's own commits are refused. Where somebody else changed the task (canceled it, took it over), what is stored
 * counts. Where the store failed, the task is failed as it was stored last; if that fails too, its lease decides.
 */
async function withoutWriter(run: Run, failure: PfError): Promise<RunOutcome> {
  const { services } = run
  const { key } = run.promote()
  const isTaken = PfError.is(failure, 'PF_STORE_CONFLICT') || PfError.is(failure, 'PF_LEASE_LOST')
  try {
    let stored = await services.store.load(key)
    if (stored !== undefined && !isTaken && stored.facts.runId === run.runId && isActive(stored.task.status.state)) {
      await endStored(services, stored, 'failed', messageOf(run, failure))
      stored = await services.store.load(key)
    }
    if (stored !== undefined) return { task: stored }
  } catch (error) {
    run.log('error', 'The task could not be failed: its lease will end it.', { error: describeError(error) })
  }
  throw failure
}

function messageOf(run: Run, error: unknown): Message {
  const { taskId } = run.promote().key
  return failureMessage(error, { messageId: run.services.random.id(), taskId, contextId: run.contextId })
}

/** What the caller is not told stands in the log. */
function log(run: Run, reason: unknown): void {
  if (!PfError.is(reason)) run.log('error', 'A handler threw.', { error: describeError(reason) })
  else if (isTellable(reason)) run.log('info', reason.message, { code: reason.code })
  else
    run.log('error', reason.message, {
      code: reason.code,
      ...(reason.details !== undefined && { details: reason.details }),
      ...(reason.cause !== undefined && { cause: describeError(reason.cause) }),
    })
}

/** A lack of memory is thrown as a bare string or an error of the engine: it gets the code that hosts have for it. */
function known(reason: unknown): unknown {
  return isOutOfMemory(reason) ? new PfError('PF_GUEST_MEMORY', undefined, { cause: reason }) : reason
}

function asStoreError(error: unknown): unknown {
  return PfError.is(error) ? error : new PfError('PF_STORE_UNAVAILABLE', undefined, { cause: error })
}
