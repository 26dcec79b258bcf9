import type { ModelMessage } from '@pf-agents/agent-core'

/**
 * What is kept or left out as one: a message of the user, orders in the middle, or what the model said together with the
 * calls it made and all their results.
 */
export interface Step {
  readonly messages: readonly ModelMessage[]
  readonly role: 'user' | 'assistant' | 'system'
  /** Tokens as weighed. */
  readonly tokens: number
  /** Has to stay: pinned, the last word of the user, the newest. */
  readonly fixed: boolean
}

/** A prompt, taken apart. */
export interface History {
  /** Standing orders at its front. */
  head: readonly ModelMessage[]
  /** The rest, in order. */
  steps: readonly (readonly ModelMessage[])[]
  /** Results without a call that were left out, calls without a result that were given one. */
  repaired: number
}

/** The role that a step goes by. */
export function roleOf(messages: readonly ModelMessage[]): Step['role'] {
  const role = messages[0]?.role
  return role === 'user' || role === 'system' ? role : 'assistant'
}
