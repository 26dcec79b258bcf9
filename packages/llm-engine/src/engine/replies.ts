import type { Checkpoint, JsonValue, Part, Reply } from '@pf-agents/agent-core'
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

/** The reply where a guardrail does not let the loop go on. */
export function blockedReply(reason: string): Reply {
  return { reply: 'rejected', parts: [{ text: reason }] }
}

/** What a loop gives, as a part. */
export function givenPart(given: JsonValue): Part {
  return typeof given === 'string' ? { text: given } : { data: given, mediaType: 'application/json' }
}
