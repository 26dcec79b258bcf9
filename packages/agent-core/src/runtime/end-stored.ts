import { PfError } from '../error/pf-error'
import type { Message } from '../model/message'
import type { TerminalState } from '../model/task-state'
import type { StoredTask } from '../port/run-store'
import { announce } from './announce'
import { closeQuestions } from './questions-change'
import type { RuntimeServices } from './options'
import { TaskWriter } from './task-writer'
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
  const now = services.clock.now()
  const writer = new TaskWriter(
    services,
    { stored, isForced: true },
    {
      committed: (events, firstSeq) => announce(services, stored.key, events, firstSeq),
      // The flush below throws it.
      lost() {},
    },
  )
  closeQuestions(writer, now, { checkpoint: undefined })
  if (message !== undefined) writer.emit({ type: 'message', message })
  writer.emit({ type: 'status', status: { state, timestamp: timestamp(now), ...(message && { message }) } })
  writer.end()
  try {
    await writer.flush()
    return true
  } catch (error) {
    if (PfError.is(error, 'PF_STORE_CONFLICT')) return false
    throw error
  }
}
