import {
  compileSchema,
  isSuspension,
  type JsonObject,
  type RunContext,
  type ThrownReply,
  type Tool,
  type ToolCall,
  type ToolResult,
} from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import { forgetLoops } from '../loop/kept-names'
import { callContext } from '../loop/scope'
import type { LoopSetup } from '../loop/setup'
import { isObject } from '../wire/json'
import { type CallResult, failure, jsonOf, resultOf } from './result-parts'
import { endsRun, isThrownReply, messageOf } from './thrown'

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
export function callOf(
  setup: LoopSetup,
  call: Pick<ReadyCall, 'toolCallId' | 'answer'>,
  context: RunContext,
  signal?: AbortSignal,
): ToolCall {
  return {
    toolCallId: call.toolCallId,
    context,
    get signal() {
      return signal ?? setup.context.signal
    },
    ...(call.answer && { answer: call.answer }),
  }
}

/**
 * Calls a tool within its time. What it throws is its result, told to the model, however odd it is; but a budget that is
 * used up, an aborted run, and state of its own that can't be read end the run.
 */
export async function callTool(setup: LoopSetup, call: ReadyCall): Promise<CallResult | Question[]> {
  const { context } = setup
  const { toolCallId, tool } = call
  const made = callContext(context, toolCallId, call.slots)
  const outcome = await outcomeOf(setup, call, made).catch((error: unknown): CallResult => {
    if (context.signal.aborted) throw context.signal.reason
    if (endsRun(error)) throw error
    const message = messageOf(error)
    context.log('warn', 'A tool failed.', { tool: tool.name, toolCallId, error: message })
    return failure(`The tool failed: ${message}`)
  })
  if (!Array.isArray(outcome)) forgetLoops(made)
  return outcome
}

async function outcomeOf(setup: LoopSetup, call: ReadyCall, context: RunContext): Promise<CallResult | Question[]> {
  try {
    const result = await timed(setup, call, context)
    return isSuspension(result) ? [asked(setup, call.toolCallId, result.suspend)] : resultOf(result)
  } catch (error) {
    if (isThrownReply(error)) return fromReply(setup, call.toolCallId, error.reply)
    throw error
  }
}

/** Runs the tool until it is done, its time is over, or the run is aborted. */
async function timed(setup: LoopSetup, call: ReadyCall, made: RunContext): Promise<ToolResult> {
  const { context, clock, options } = setup
  const { tool } = call
  const ms = tool.timeoutMs ?? options.toolTimeoutMs
  if (ms === undefined) return tool.run(call.args as never, callOf(setup, call, made))
  const controller = new AbortController()
  const forward = (): void => controller.abort(context.signal.reason)
  context.signal.addEventListener('abort', forward, { once: true })
  let cancelTimer = (): void => {}
  const isLate = new Promise<never>((_, reject) => {
    cancelTimer = clock.after(ms, () => {
      const error = new Error(`It did not answer within ${ms} ms.`)
      controller.abort(error)
      reject(error)
    })
  })
  try {
    return await Promise.race([tool.run(call.args as never, callOf(setup, call, made, controller.signal)), isLate])
  } finally {
    cancelTimer()
    context.signal.removeEventListener('abort', forward)
  }
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
