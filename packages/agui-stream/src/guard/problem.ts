/** A rule of the protocol that an event broke, as {@link GuardProblem} names it. */
export type GuardRule =
  | 'first-event'
  | 'run-started-twice'
  | 'after-end'
  | 'no-end'
  | 'unknown-type'
  | 'malformed'
  | 'chunk'
  | 'text-opened-twice'
  | 'text-not-open'
  | 'call-opened-twice'
  | 'call-id-reused'
  | 'call-not-open'
  | 'call-arguments'
  | 'call-parent'
  | 'call-unanswered'
  | 'result-without-call'
  | 'result-twice'
  | 'reasoning-opened-twice'
  | 'reasoning-not-open'
  | 'step-opened-twice'
  | 'step-not-open'
  | 'subagent-id-reused'
  | 'subagent-not-open'
  | 'subagent-parent'
  | 'attribution'
  | 'message-id-reused'
  | 'state-delta'
  | 'activity-delta'
  | 'snapshot-while-open'
  | 'left-open'
  | 'outcome'
  | 'pending-calls'
  | 'run-ids'
  | 'usage'

/** What was wrong with an event that an agent made, and was put right (or refused, in strict mode). */
export interface GuardProblem {
  rule: GuardRule
  /** Number of the event in its run, from 0. */
  index: number
  /** Type of the event. */
  type: string
  detail: string
}
