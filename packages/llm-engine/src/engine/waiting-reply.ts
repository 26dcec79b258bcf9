import type { Checkpoint, Reply } from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'

/** The reply that makes a task wait for answers. */
export function waitingReply(questions: readonly Question[], checkpoint?: Checkpoint): Reply {
  return {
    reply: 'suspended',
    state: questions.some(({ kind }) => kind === 'auth') ? 'auth-required' : 'input-required',
    interrupts: [...questions],
    // Without a checkpoint the loop is within a handler, which is told through the loop what was not answered.
    ...(checkpoint === undefined ? { takesCancelled: true } : { checkpoint }),
  }
}
