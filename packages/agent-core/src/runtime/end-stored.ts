import { PfError } from '../error/pf-error'
import { applyEvent, snapshotTask } from '../event/reducer'
import type { RunEvent } from '../event/run-event'
import { patchFacts } from '../memory/commit-rules'
import { closeInterrupts, interruptEvents } from '../interrupt/interrupt-list'
import type { Message } from '../model/message'
import type { TerminalState } from '../model/task-state'
import type { RunCommit, StoredTask } from '../port/run-store'
import { announce } from './announce'
import { chain } from './awaitable'
import type { RuntimeServices } from './options'
import { timestamp } from './timestamp'

/**
 * Ends a stored task from outside of its run, by compare-and-set: the run that works on it, wherever it is, finds out by
 * its next commit or look. False where somebody changed the task meanwhile.
 */
export async function endStored(
  services: RuntimeServices,
  stored: StoredTask,
  state: TerminalState,
  message?: Message,
): Promise<boolean> {
  const { key, facts } = stored
  const now = services.clock.now()
  const events: RunEvent[] = []
  const commit: RunCommit = {
    key,
    expectedVersion: stored.version,
    force: true,
    lease: 'release',
    events,
  }
  if (facts.interrupts !== undefined) {
    const closed = closeInterrupts(facts.interrupts, now)
    events.push(...interruptEvents(facts.interrupts, closed))
    commit.facts = { checkpoint: undefined, interrupts: closed }
  }
  if (message !== undefined) {
    events.push({ type: 'message', message })
    commit.conversation = [message]
  }
  events.push({ type: 'status', status: { state, timestamp: timestamp(now), ...(message && { message }) } })
  const task = events.reduce(applyEvent, snapshotTask(stored.task))
  commit.snapshot = task
  try {
    const pending = {
      key,
      events,
      firstSeq: stored.lastSeq + 1,
      task,
      facts: patchFacts(facts, commit.facts),
      isNew: false,
    }
    // Nothing comes between the answer of a store that answers at once and the commit: who counts what is owed counts right.
    const { lastSeq } = await chain(services.deliveries?.owed(pending), (owed) => {
      if (owed !== undefined) commit.outbox = owed
      return services.store.commit(commit)
    })
    announce(services, key, events, lastSeq - events.length + 1)
    return true
  } catch (error) {
    if (PfError.is(error, 'PF_STORE_CONFLICT')) return false
    throw error
  }
}
