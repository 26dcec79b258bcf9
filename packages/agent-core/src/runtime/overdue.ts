import { PfError } from '../error/pf-error'
import { isExpired } from '../interrupt/interrupt-list'
import { isActive, isInterrupted } from '../model/task-state'
import type { StoredTask, TaskPage, TaskQuery } from '../port/run-store'
import type { TaskKey } from '../port/scope'
import { endStored } from './end-stored'
import { failureMessage } from './failure'
import type { RunHost } from './run-host'

/** How often a task is looked at that keeps changing, or that a store keeps showing as it was. */
const tries = 5

/**
 * Why a task can't go on any more, if so, as far as this process can tell: nobody holds a lease that is still good
 * though a run should be working on it (a run that is alive here is not lost), or the time to answer one of its
 * questions is over.
 */
function overdue(host: RunHost, stored: StoredTask): PfError | undefined {
  const { state } = stored.task.status
  const now = host.services.clock.now()
  if (isActive(state)) {
    const isHeld = stored.lease !== undefined && stored.lease.expiresAt > now
    return isHeld || host.watch.find(stored.key) !== undefined ? undefined : new PfError('PF_RUN_LOST')
  }
  const hasExpired = isInterrupted(state) && stored.facts.interrupts?.some((one) => isExpired(one, now))
  return hasExpired ? new PfError('PF_INTERRUPT_EXPIRED') : undefined
}

/** Loads a task; one that can't go on any more is failed first, so that every reader sees the same end. */
export async function loadLive(host: RunHost, key: TaskKey): Promise<StoredTask | undefined> {
  let stored = await host.services.store.load(key)
  for (let attempt = 0; attempt < tries && stored !== undefined; attempt++) {
    const reason = overdue(host, stored)
    if (reason === undefined) return stored
    await failOverdue(host, stored, reason)
    stored = await host.services.store.load(key)
  }
  return stored
}

/**
 * One page of tasks, as `loadLive` would give each of them. Failing a task makes it the newest, so the first page is read
 * again; one behind a cursor stays as it was found, or what moves to the front would take the place of tasks that nobody
 * has seen yet.
 */
export async function listLive(host: RunHost, query: TaskQuery): Promise<TaskPage> {
  for (let attempt = 1; ; attempt++) {
    const page = await host.services.store.list(query)
    const late = page.tasks.filter((one) => overdue(host, one) !== undefined)
    if (late.length === 0) return page
    const now = new Map<StoredTask, StoredTask | undefined>()
    for (const one of late) now.set(one, await loadLive(host, one.key))
    // A list that lags behind its tasks would be read for ever.
    if (query.after === undefined && attempt < tries) continue
    const tasks = page.tasks
      .map((one) => now.get(one) ?? one)
      .filter(({ task }) => query.state === undefined || task.status.state === query.state)
    return { ...page, tasks, total: page.total - (page.tasks.length - tasks.length) }
  }
}

async function failOverdue({ services }: RunHost, stored: StoredTask, reason: PfError): Promise<void> {
  const { task, facts } = stored
  const ids = { messageId: services.random.id(), taskId: task.id, contextId: task.contextId }
  if (!(await endStored(services, stored, 'failed', failureMessage(reason, ids)))) return
  const fields = { code: reason.code, taskId: task.id, runId: facts.runId }
  services.logger.log('warn', 'A task that could not go on was failed.', fields)
}
