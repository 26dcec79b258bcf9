import {
  type JsonObject,
  type JsonValue,
  type ModelMessage,
  type ModelUsage,
  type Part,
  PfError,
  type RunContext,
  ThrownReply,
} from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import { type CalledBy, keptName } from '../loop/kept-names'
import { newState, readState, stateVersion } from '../loop/loop-state'
import { runLoop } from '../loop/run-loop'
import { keepCallIds } from '../loop/run-names'
import { scopeOf } from '../loop/scope'
import type { LoopSetup } from '../loop/setup'
import { addRemarks } from '../prompt/remarks'
import { isObject } from '../wire/json'
import { takeEarlier } from './earlier-runs'
import { blockedReply } from './replies'

/** What a loop within a handler or a tool came to. */
export interface KeptResult {
  text: string
  /** The answer as the model gave it, where it is data. */
  given?: JsonValue
  /** The files of the last answer, where it has some. */
  files?: Part[]
  usage: ModelUsage
  turns: number
}

/** What tells one request from the others of the same scope. */
export interface KeptKey {
  by: CalledBy
  name: string
  /** What is asked, the prompt aside: a loop that waits goes on with the same. */
  shape: string
  /** All of what is asked: a loop that is over is only over for the same. */
  print: string
}

/** A loop as a task's state has it. */
export interface Kept {
  version: number
  shape: string
  print: string
  waiting?: JsonObject
  done?: KeptResult
}

/**
 * Runs a loop whose state lives in the task's own: what calls it is called again from its start after an answer, and
 * finds here what was over, or goes on where it was. Each tool call has names of its own.
 *
 * @returns the result, or what has to be answered first
 * @throws ThrownReply where a guardrail ended it; PfError PF_CONFIG_INVALID where it would have to wait, and can not
 */
export async function keptRun(
  context: RunContext,
  key: KeptKey,
  begin: () => Promise<{ setup: LoopSetup; messages: readonly ModelMessage[] }>,
): Promise<KeptResult | { questions: Question[] }> {
  const { isKept } = scopeOf(context)
  const slot = keptName(context, key.by, key.name)
  const found = isKept ? find(context, slot, key) : undefined
  if (found?.done !== undefined && found.print === key.print) return found.done
  const { setup, messages } = await begin()
  const isWaiting = found?.waiting !== undefined && found.shape === key.shape
  const state = isWaiting
    ? readState({ schemaVersion: found.version, data: found.waiting as JsonObject })
    : newState(messages)
  if (isWaiting) addRemarks(setup, state)
  const end = await runLoop(setup, state)
  if (end.end === 'blocked') throw new ThrownReply(blockedReply(end.reason))
  const keep = (what: Pick<Kept, 'waiting' | 'done'>): void => {
    const kept: Kept = { version: stateVersion, shape: key.shape, print: key.print, ...what }
    context.state.task.set(slot, structuredClone(kept) as unknown as JsonObject)
    keepCallIds(context)
  }
  if (end.end === 'waiting') {
    if (!isKept) throw new PfError('PF_CONFIG_INVALID', noWaiting)
    keep({ waiting: state as unknown as JsonObject })
    return { questions: end.questions }
  }
  const { usage, turns } = state
  const done: KeptResult = {
    text: end.text,
    ...(end.answer && { given: end.answer.given }),
    ...(end.files && { files: end.files }),
    usage,
    turns,
  }
  if (isKept) keep({ done })
  return done
}

const noWaiting =
  'A hook or needsApproval asked the model, and a tool of it has to wait for an answer: nobody could go on from there. Give that ctx.llm.run({ tools }) only tools that do not ask.'

function find(context: RunContext, slot: string, key: KeptKey): Kept | undefined {
  const kept = context.state.task.get(slot)
  if (isObject(kept)) return kept as unknown as Kept
  const earlier = takeEarlier(context, key)
  if (earlier !== undefined) context.state.task.set(slot, earlier as unknown as JsonObject)
  return earlier
}
