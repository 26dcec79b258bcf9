import {
  type JsonObject,
  type JsonValue,
  type ModelMessage,
  type ModelUsage,
  reply,
  type RunContext,
  ThrownReply,
} from '@pf-agents/agent-core'
import { newState, readState, stateVersion } from '../loop/loop-state'
import { runLoop } from '../loop/run-loop'
import type { LoopSetup } from '../loop/setup'
import { addRemarks } from '../prompt/remarks'
import type { Question } from '../approval/approval'
import { isObject } from '../wire/json'

/** What a loop within a handler or a tool came to. */
export interface KeptResult {
  text: string
  /** The answer as the model gave it, where it is data. */
  given?: JsonValue
  usage: ModelUsage
  turns: number
}

/** What tells one loop of a task from the others. */
export interface KeptKey {
  /** Its name within the task. */
  name: string
  /** What is asked, the prompt aside: a loop that waits goes on with the same. */
  shape: string
  /** All of what is asked: a loop that is over is only over for the same. */
  print: string
}

/**
 * Runs a loop whose state lives in the task's own: what calls it is called again from its start after an answer, and
 * finds here what was over, or goes on where it was.
 *
 * @returns the result, or what has to be answered first
 * @throws ThrownReply where a guardrail ended it
 */
export async function keptRun(
  context: RunContext,
  key: KeptKey,
  begin: () => Promise<{ setup: LoopSetup; messages: readonly ModelMessage[] }>,
): Promise<KeptResult | { questions: Question[] }> {
  const slot = slotOf(key.name)
  const kept = context.state.task.get(slot)
  const found = isObject(kept) ? (kept as unknown as Kept) : undefined
  if (found?.done !== undefined && found.print === key.print) return found.done
  const { setup, messages } = await begin()
  const isWaiting = found?.waiting !== undefined && found.shape === key.shape
  const state = isWaiting
    ? readState({ schemaVersion: found.version, data: found.waiting as JsonObject })
    : newState(messages)
  if (isWaiting) addRemarks(setup, state)
  const end = await runLoop(setup, state)
  if (end.end === 'blocked') throw new ThrownReply(reply.rejected(end.reason))
  if (end.end === 'waiting') {
    keep(context, key, { waiting: state as unknown as JsonObject })
    return { questions: end.questions }
  }
  const { usage, turns } = state
  const done: KeptResult = { text: end.text, ...(end.answer && { given: end.answer.given }), usage, turns }
  keep(context, key, { done })
  return done
}

/** Nobody will ask for this loop again. */
export function forgetRun(context: RunContext, name: string): void {
  context.state.task.set(slotOf(name), undefined)
}

interface Kept {
  version: number
  shape: string
  print: string
  waiting?: JsonObject
  done?: KeptResult
}

function keep(context: RunContext, { name, shape, print }: KeptKey, what: Pick<Kept, 'waiting' | 'done'>): void {
  const kept: Kept = { version: stateVersion, shape, print, ...what }
  context.state.task.set(slotOf(name), structuredClone(kept) as unknown as JsonObject)
}

function slotOf(name: string): string {
  return `pf.llm/${name}`
}
