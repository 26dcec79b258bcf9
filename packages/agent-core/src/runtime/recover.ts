import { PfError } from '../error/pf-error'
import { isActive } from '../model/task-state'
import type { StoredTask } from '../port/run-store'
import type { TaskKey } from '../port/scope'
import { failureMessage } from './failure'
import type { RuntimeServices } from './options'

/** Whether a run should be working on this task, and nobody holds a lease that is still good. */
export function isLost(stored: StoredTask, now: number): boolean {
  return isActive(stored.task.status.state) && (stored.lease === undefined || stored.lease.expiresAt <= now)
}

/**
 * Loads a task; one whose run died is failed first, by compare-and-set, so that every reader sees the same end.
 */
export async function loadLive(services: RuntimeServices, key: TaskKey): Promise<StoredTask | undefined> {
  for (;;) {
    const stored = await services.store.load(key)
    if (stored === undefined || !isLost(stored, services.clock.now())) return stored
    await failLost(services, stored)
  }
}

/** Fails a task whose run died. Loses the race to whoever changed the task meanwhile. */
async function failLost(services: RuntimeServices, stored: StoredTask): Promise<void> {
  const { key, task } = stored
  const message = failureMessage(new PfError('PF_RUN_LOST'), { messageId: services.random.id(), taskId: task.id, contextId: task.contextId })
  const status = { state: 'failed' as const, timestamp: new Date(services.clock.now()).toISOString(), message }
  try {
    await services.store.commit({
      key,
      expectedVersion: stored.version,
      force: true,
      lease: 'release',
      events: [
        { type: 'message', message },
        { type: 'status', status },
      ],
      snapshot: { ...task, history: [...task.history, message], status },
      conversation: [message],
    })
    services.logger.log('warn', 'A task was failed because its run died.', { taskId: task.id, runId: stored.facts.runId })
  } catch (error) {
    if (!PfError.is(error, 'PF_STORE_CONFLICT') && !PfError.is(error, 'PF_LEASE_LOST')) throw error
  }
}
