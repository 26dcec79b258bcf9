import type { JsonValue, RunContext } from '@pf-agents/agent-core'
import type { LoopState } from './loop-state'
import { scopeOf } from './scope'

/** What the loops of one run, within each other and side by side, must not name alike. */
export interface RunNames {
  /** Ids of the tool calls of the task so far. */
  readonly calls: Set<string>
  /** Steps that are under way. */
  readonly steps: Set<string>
}

/** Where a task's state has the ids of calls that its checkpoint does not have. */
const stateKey = 'pf.calls'

const names = new WeakMap<RunContext, RunNames>()

/** The names that a run has given, those of the runs before it on the same task among them. */
export function namesOf(context: RunContext): RunNames {
  const { run } = scopeOf(context)
  let found = names.get(run)
  if (found === undefined) {
    found = { calls: new Set(storedIds(run.state.task.get(stateKey))), steps: new Set() }
    for (const { toolCallId } of run.interrupts) if (toolCallId !== undefined) found.calls.add(toolCallId)
    names.set(run, found)
  }
  return found
}

/** Keeps the ids for the next run of the task; those in the state that a checkpoint has need not be kept twice. */
export function keepCallIds(context: RunContext, state?: LoopState): void {
  const { run } = scopeOf(context)
  const own = new Set(state === undefined ? [] : callIdsIn(state))
  const ids = [...namesOf(run).calls].filter((id) => !own.has(id))
  if (ids.length > storedIds(run.state.task.get(stateKey)).length) run.state.task.set(stateKey, ids)
}

/** Ids of all calls in a prompt, as they stand there. */
export function callIdsIn({ messages }: LoopState): string[] {
  return messages.flatMap((message) =>
    message.role === 'assistant'
      ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
      : [],
  )
}

/** A name like this one that is not taken yet; taken from now on. */
export function takeName(taken: Set<string>, name: string): string {
  let free = name
  for (let count = 2; taken.has(free); count++) free = `${name}_${count}`
  taken.add(free)
  return free
}

function storedIds(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
