import {
  type JsonObject,
  type JsonValue,
  type ModelMessage,
  type ErrorCode,
  type ModelUsage,
  type Part,
  PfError,
  type RunContext,
  ThrownReply,
} from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import type { CalledBy } from '../loop/kept-names'
import { type CallState, newState, readState, stateVersion } from '../loop/loop-state'
import { runLoop } from '../loop/run-loop'
import { keepCallIds } from '../loop/run-names'
import { checkLive, scopeOf } from '../loop/scope'
import type { LoopSetup } from '../loop/setup'
import { addRemarks } from '../prompt/remarks'
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
  /** Tools were used. */
  hasActed?: true
}

/** What a request says, by which it is told from others without a key. */
export interface Asked {
  /** All of what is asked, the prompt aside. */
  shape: string
  /** All of what is asked. */
  print: string
  /**
   * The same without the text of the run's message, which is another one after an answer: without each place where it
   * stands, and without all of them. Fixed words may have it, too.
   */
  rests?: string[]
  /** What is asked, but for prompt and instructions. */
  kind?: string
  /** The prompt. */
  said?: string
}

/** What a request is called within its scope. */
export interface KeptKey extends Asked {
  by: CalledBy
  name: string
}

/** Where a task's state has the loop of a request, and what it has of it. */
export interface Place extends Asked {
  slot: string
  found?: Kept
  /** Its tools have been used, whatever came of it. */
  hasActed?: boolean
}

/** A loop as a task's state has it. */
export interface Kept extends Asked {
  version: number
  waiting?: JsonObject
  done?: KeptResult
  /** It ended so: where tools were used, it does each time that it is asked for again. */
  failed?: { code: ErrorCode; message: string; hasActed?: true }
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
  place: Place,
  begin: () => Promise<{ setup: LoopSetup; messages: readonly ModelMessage[] }>,
): Promise<KeptResult | { questions: Question[] }> {
  const { slot, found, hasActed: _, ...asked } = place
  const { isKept } = scopeOf(context)
  checkLive(context)
  if (found?.done !== undefined) return found.done
  if (found?.failed?.hasActed) throw new PfError(found.failed.code, found.failed.message)
  const keep = (what: Omit<Kept, keyof Asked | 'version'>): void => {
    const kept: Kept = { version: stateVersion, ...asked, ...what }
    context.state.task.set(slot, structuredClone(kept) as unknown as JsonObject)
    keepCallIds(context)
  }
  const { setup, messages } = await begin()
  const waiting = found?.waiting
  const state = waiting ? readState({ schemaVersion: found?.version ?? 0, data: waiting }) : newState(messages)
  if (waiting) addRemarks(setup, state)
  const acted = (): { hasActed?: true } =>
    state.messages.some(({ role }) => role === 'tool') || state.calls?.some(hasRun) ? { hasActed: true } : {}
  let end: Awaited<ReturnType<typeof runLoop>>
  try {
    end = await runLoop(setup, state)
  } catch (error) {
    Object.assign(place, acted())
    // That there was one is known when it is asked for again; what waited can go on from there.
    if (isKept && waiting === undefined && PfError.is(error))
      keep({ failed: { code: error.code, message: error.message, ...acted() } })
    throw error
  }
  if (end.end === 'blocked') throw new ThrownReply(blockedReply(end.reason))
  // What called it may be over by now: its place is somebody else's.
  checkLive(context)
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
    ...acted(),
  }
  if (isKept) keep({ done })
  return done
}

function hasRun({ result, waits }: CallState): boolean {
  return result !== undefined || waits?.for === 'tool'
}

const noWaiting =
  'A hook or needsApproval asked the model, and a tool of it has to wait for an answer: nobody could go on from there. Give that ctx.llm.run({ tools }) only tools that do not ask.'
