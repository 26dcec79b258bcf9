import { PfError } from '../error/pf-error'
import { isExpired } from '../interrupt/interrupt-list'
import { isActive, isInterrupted } from '../model/task-state'
import type { Message } from '../model/message'
import type { StoredTask, TaskPage, TaskQuery } from '../port/run-store'
import type { TaskKey } from '../port/scope'
import { endStored } from './end-stored'
import { failureMessage } from './failure'
import type { RunHost } from './run-host'

/** How often a task is looked at that keeps changing, or that a store keeps showing as it was. */
const tries = 5
/** Tasks that a list has failed before it looks again; with {@link tries} looks, the most that it fails. */
const batch = 200
/** Tasks of a page that are failed where they stand, at most: what more there is, is shown as failed. */
const inPlace = 16
/** How many of them at a time: stores that write what comes together in one go are asked for much at once. */
const atOnce = 16

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
 * One page of tasks, of which none waits for a run that died. What can't go on any more is failed first, in all of the
 * scope and not on this page alone: failing a task makes it the newest, so that a page behind it would lose its tasks to
 * whoever reads at the same time, and filters and totals would go by what is no longer so. Costs one look at an index
 * where there is nothing of the kind.
 *
 * Behind the cursor of a list of all states only the page's own tasks are failed and stay where they are: what moved to
 * the front would take with it what nobody has seen yet.
 *
 * A store that can't have many failed at once takes the rest for failed (`isPresumed`): then one step is done, and the page
 * answered.
 *
 * @throws PfError PF_OVERLOADED where more are overdue than one list may fail; the next one goes on with them.
 */
export async function listLive(host: RunHost, query: TaskQuery): Promise<TaskPage> {
  const { store, clock } = host.services
  if (query.after !== undefined && query.state === undefined) return failInPlace(host, query, await store.list(query))
  const now = clock.now()
  const seen = new Set<string>()
  // Runs that are alive here may be among them, and must not hide those that are not.
  let limit = batch + host.watch.size
  for (let round = 1; ; round++) {
    const { overdue, isPresumed, ...page } = await store.list({ ...query, overdue: { now, limit, mayPresume: true } })
    const late = overdue?.filter((key) => host.watch.find(key) === undefined && !seen.has(key.taskId)) ?? []
    // The page takes all for failed: it is right as it is.
    if (isPresumed && late.length === 0) return failInPlace(host, query, page, 0)
    // A step is done, and the next list does another.
    if (isPresumed) limit = 0
    // What a store goes on showing that lags behind its tasks was failed all the same.
    if (late.length === 0) return failInPlace(host, query, page)
    if (round > tries) {
      const message = 'More tasks wait for runs that died, or for answers that came too late, than one list may fail.'
      throw new PfError('PF_OVERLOADED', `${message} Ask again for the rest.`, { retryAfterMs: 1_000 })
    }
    for (const { taskId } of late) seen.add(taskId)
    for (let at = 0; at < late.length; at += atOnce)
      await Promise.all(late.slice(at, at + atOnce).map((key) => loadLive(host, key)))
  }
}

/**
 * The page with those of its tasks failed that can't go on, without those that match no more. From `most` on they are only
 * shown as they will be: whoever asks for one of them by its id has it failed.
 */
async function failInPlace(host: RunHost, query: TaskQuery, page: TaskPage, most = inPlace): Promise<TaskPage> {
  const late = page.tasks.filter((one) => overdue(host, one) !== undefined)
  if (late.length === 0) return page
  const now = new Map<StoredTask, StoredTask | undefined>()
  for (const one of late.slice(0, most)) now.set(one, await loadLive(host, one.key))
  for (const one of late.slice(most)) now.set(one, asFailed(host, one))
  const tasks = page.tasks
    .map((one) => now.get(one) ?? one)
    .filter(({ task }) => query.state === undefined || task.status.state === query.state)
  return { ...page, tasks, total: page.total - (page.tasks.length - tasks.length) }
}

/** What {@link failOverdue} would make of it, but for the time. */
function asFailed(host: RunHost, stored: StoredTask): StoredTask {
  const { task } = stored
  const message = messageOf(host.services, stored, overdue(host, stored) as PfError)
  const status = { ...task.status, state: 'failed' as const, message }
  return { ...stored, task: { ...task, status, history: [...task.history, message] } }
}

function messageOf({ random }: RunHost['services'], { task }: StoredTask, reason: PfError): Message {
  return failureMessage(reason, { messageId: random.id(), taskId: task.id, contextId: task.contextId })
}

async function failOverdue({ services }: RunHost, stored: StoredTask, reason: PfError): Promise<void> {
  const { task, facts } = stored
  if (!(await endStored(services, stored, 'failed', messageOf(services, stored, reason)))) return
  const fields = { code: reason.code, taskId: task.id, runId: facts.runId }
  services.logger.log('warn', 'A task that could not go on was failed.', fields)
}
