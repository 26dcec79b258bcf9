import {
  compileSchema,
  followSource,
  isSuspension,
  type JsonObject,
  llmPort,
  markEndOfRun,
  type RunContext,
  type ThrownReply,
  type Tool,
  type ToolCall,
} from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import { forgetLoops } from '../loop/kept-names'
import { callContext, type Life, scopeOf } from '../loop/scope'
import type { LoopSetup } from '../loop/setup'
import { isObject } from '../wire/json'
import { type CallResult, failure, jsonOf, resultOf } from './result-parts'
import { isOfAnother, misplaced, within } from './misplaced'
import { endsRun, isThrownReply, messageOf, mistake } from './thrown'

/** A call that is ready to be made. */
export interface ReadyCall {
  toolCallId: string
  tool: Tool
  /** As the schema made them. */
  args: unknown
  answer?: ToolCall['answer']
  /** What it names the questions that it has asked before. */
  slots?: Readonly<Record<string, string>> | undefined
}

/** What a tool is called with beside its arguments. */
export function callOf(call: Pick<ReadyCall, 'toolCallId' | 'answer'>, context: RunContext): ToolCall {
  return {
    toolCallId: call.toolCallId,
    context,
    signal: context.signal,
    ...(call.answer && { answer: call.answer }),
  }
}

/**
 * Calls a tool within its time. What it throws is its result, told to the model, however odd it is; but the run's budget
 * that is used up, an aborted run, and state of its own that can't be read end the run. Once it is over, loops that it
 * has left behind begin nothing more.
 *
 * @param turn - the calls beside it
 */
export async function callTool(setup: LoopSetup, call: ReadyCall, turn: Life): Promise<CallResult | Question[]> {
  const { context } = setup
  const { toolCallId, tool } = call
  const life: Life = { isOver: false, outer: turn }
  const time = timeOf(setup, call)
  const made = callContext(context, toolCallId, { life, signal: time?.signal, until: time?.until, slots: call.slots })
  try {
    const outcome = outcomeOf(setup, call, made)
    const result = await (time === undefined ? outcome : Promise.race([outcome, time.isLate]))
    if (!Array.isArray(result)) forgetLoops(made)
    return result
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    if (endsRun(error, context)) throw error
    const message = messageOf(error)
    context.log('warn', 'A tool failed.', { tool: tool.name, toolCallId, error: message })
    forgetLoops(made)
    return failure(`The tool failed: ${message}`)
  } finally {
    life.isOver = true
    time?.close()
  }
}

async function outcomeOf(setup: LoopSetup, call: ReadyCall, made: RunContext): Promise<CallResult | Question[]> {
  const outcome = await givenBy(setup, call, made)
  await made.services.find(llmPort)?.settle?.(made, Array.isArray(outcome))
  return outcome
}

async function givenBy(setup: LoopSetup, call: ReadyCall, made: RunContext): Promise<CallResult | Question[]> {
  try {
    const { life } = scopeOf(made)
    const result = await within(life, () => call.tool.run(call.args as never, callOf(call, made)))
    return isSuspension(result) ? [asked(setup, call.toolCallId, result.suspend)] : resultOf(result)
  } catch (error) {
    return thrownBy(setup, call, made, error)
  }
}

async function thrownBy(
  setup: LoopSetup,
  call: ReadyCall,
  made: RunContext,
  error: unknown,
): Promise<CallResult | Question[]> {
  if (!isThrownReply(error)) throw error
  if (isOfAnother(error, made)) throw mistake(`The tool "${call.tool.name}" ${misplaced}`)
  try {
    return fromReply(setup, call.toolCallId, await (error.whole?.() ?? error.reply))
  } catch (later) {
    return thrownBy(setup, call, made, later)
  }
}

/** What says that the time of a call is over, which ends with that of what calls it at the latest. */
function timeOf({ context, clock, options }: LoopSetup, { tool }: ReadyCall) {
  const ms = tool.timeoutMs ?? options.toolTimeoutMs
  if (ms === undefined) return undefined
  const controller = new AbortController()
  const { signal } = controller
  const forward = (): void => controller.abort(context.signal.reason)
  context.signal.addEventListener('abort', forward)
  const unfollow = followSource(signal, context.signal)
  let cancelTimer = (): void => {}
  const isLate = new Promise<never>((_, reject) => {
    cancelTimer = clock.after(ms, () => {
      const error = markEndOfRun(new Error(`It did not answer within ${ms} ms.`))
      controller.abort(error)
      reject(error)
    })
  })
  const close = (): void => {
    cancelTimer()
    unfollow()
    context.signal.removeEventListener('abort', forward)
  }
  return { signal, until: clock.now() + ms, isLate, close }
}

/** A handler behind the tool ended from inside. */
function fromReply(setup: LoopSetup, toolCallId: string, reply: ThrownReply['reply']): CallResult | Question[] {
  if (reply.reply === 'suspended') return reply.interrupts.map((one) => asked(setup, toolCallId, one))
  const isError = reply.reply === 'failed' || reply.reply === 'rejected'
  return resultOf({ parts: [...(reply.parts ?? [])], ...(isError && { isError }) })
}

/** A question as it is stored: a copy that is JSON. @throws TypeError, PfError where it can't be asked */
function asked({ random }: LoopSetup, toolCallId: string, question: Omit<Question, 'id'> & { id?: string }): Question {
  const plain = jsonOf(question)
  if (!isObject(plain) || typeof plain['prompt'] !== 'string' || typeof plain['kind'] !== 'string')
    throw new TypeError('It asked something that is no question: one has a kind and a prompt.')
  const { schema, expiresAt, timeoutMs } = plain
  if (isObject(schema)) compileSchema(schema)
  if (expiresAt !== undefined && (typeof expiresAt !== 'string' || Number.isNaN(Date.parse(expiresAt))))
    throw new TypeError(`It asked until ${JSON.stringify(expiresAt)}, which is no ISO 8601 time.`)
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw new TypeError('It asked with a timeoutMs that is no time above 0.')
  const { id = random.id(), ...rest } = plain as typeof question & JsonObject
  return { toolCallId, slot: toolCallId, ...rest, id }
}
