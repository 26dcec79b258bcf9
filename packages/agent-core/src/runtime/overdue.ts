import { PfError } from '../error/pf-error'
import { isExpired } from '../interrupt/interrupt-list'
import { isActive, isInterrupted } from '../model/task-state'
import type { StoredTask } from '../port/run-store'
import type { TaskKey } from '../port/scope'
import { endStored } from './end-stored'
import { failureMessage } from './failure'
import type { RunHost } from './run-host'

/**
 * Why a task can't go on any more, if so: nobody holds a lease that is still good though a run should be working on it,
 * or the time to answer one of its questions is over.
 */
function overdue(stored: StoredTask, now: number): PfError | undefined {
  const { state } = stored.task.status
  if (isActive(state))
    return stored.lease === undefined || stored.lease.expiresAt <= now ? new PfError('PF_RUN_LOST') : undefined
  if (isInterrupted(state) && stored.facts.interrupts?.some((one) => isExpired(one, now)))
    return new PfError('PF_INTERRUPT_EXPIRED')
  return undefined
}

/** Whether the task is overdue, as far as this process can tell: a run that is alive here is not lost. */
export function isOverdue(host: RunHost, stored: StoredTask): boolean {
  return host.watch.find(stored.key) === undefined && overdue(stored, host.services.clock.now()) !== undefined
}

/** Loads a task; one that can't go on any more is failed first, so that every reader sees the same end. */
export async function loadLive(host: RunHost, key: TaskKey): Promise<StoredTask | undefined> {
  const { services } = host
  for (;;) {
    const stored = await services.store.load(key)
    const reason = stored && isOverdue(host, stored) ? overdue(stored, services.clock.now()) : undefined
    if (stored === undefined || reason === undefined) return stored
    const { task, facts } = stored
    const message = failureMessage(reason, {
      messageId: services.random.id(),
      taskId: task.id,
      contextId: task.contextId,
    })
    if (await endStored(services, stored, 'failed', message)) {
      services.logger.log('warn', 'A task that could not go on was failed.', {
        code: reason.code,
        taskId: task.id,
        runId: facts.runId,
      })
    }
  }
}
