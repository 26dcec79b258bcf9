import type { RunContext, ThrownReply } from '@pf-agents/agent-core'
import { type Life, scopeOf } from '../loop/scope'

/** What is wrong where a tool asks the model with a context that is not its own. */
export const misplaced =
  'made a request to the model with a ctx.llm from outside, that of a handler or of another tool. Use call.context.llm, in the handler of a skill its own ctx.llm: requests and answers belong to whose they are.'

/** The call whose tool is being called at this very moment, until it waits for the first time. */
let current: Life | undefined

/** Calls a tool. */
export function within<T>(life: Life, call: () => T): T {
  const before = current
  current = life
  try {
    return call()
  } finally {
    current = before
  }
}

/** Whether a request that is made in this moment is that of a tool with another context. */
export function isMisplaced(context: RunContext): boolean {
  return current !== undefined && current !== scopeOf(context).life
}

const askers = new WeakMap<ThrownReply, Life>()

/** A reply that says what loops within this context ask. */
export function askedWithin<R extends ThrownReply>(context: RunContext, reply: R): R {
  askers.set(reply, scopeOf(context).life)
  return reply
}

/** Whether a tool threw what was asked within another context. */
export function isOfAnother(thrown: ThrownReply, context: RunContext): boolean {
  return (askers.get(thrown) ?? scopeOf(context).life) !== scopeOf(context).life
}
