import type { RunContext } from '@pf-agents/agent-core'
import { nameSegment, scopeOf } from './scope'

/** What a request is called by within its scope: its key, its number, or the skill that it carries out. */
export type CalledBy = 'key' | 'number' | 'skill'

const prefix = 'pf.loop/'
/** A key never reads like a number, nor like a tool call. */
const marks: Readonly<Record<CalledBy | 'order', string>> = { key: '=', number: '#', skill: ':', order: '*' }

/** Where a task's state has the loop of a request that is made with this context. */
export function keptName(context: RunContext, by: keyof typeof marks, name: string): string {
  return `${prefix}${scopeOf(context).path}${marks[by]}${nameSegment(name)}`
}

/** Nobody will ask for the loops of this tool call again: what they came to is the call's result now. */
export function forgetLoops(context: RunContext): void {
  const { path, isKept } = scopeOf(context)
  if (path === '' || !isKept) return
  const { task } = context.state
  for (const name of Object.keys(task.all())) if (name.startsWith(`${prefix}${path}`)) task.set(name, undefined)
}
