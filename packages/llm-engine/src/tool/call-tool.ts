import { isSuspension, PfError, ThrownReply, type Tool, type ToolCall, type ToolResult } from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import type { LoopSetup } from '../loop/setup'
import { type CallResult, failure, resultOf } from './result-parts'

/** A call that is ready to be made. */
export interface ReadyCall {
  toolCallId: string
  tool: Tool
  /** As the schema made them. */
  args: unknown
  answer?: ToolCall['answer']
}

/** What a tool is called with beside its arguments. */
export function callOf(
  setup: LoopSetup,
  call: Pick<ReadyCall, 'toolCallId' | 'answer'>,
  signal?: AbortSignal,
): ToolCall {
  const { context } = setup
  return {
    toolCallId: call.toolCallId,
    context,
    get signal() {
      return signal ?? context.signal
    },
    ...(call.answer && { answer: call.answer }),
  }
}

/**
 * Calls a tool within its time. What it throws is its result, told to the model; but a budget that is used up and an
 * aborted run end the run.
 */
export async function callTool(setup: LoopSetup, call: ReadyCall): Promise<CallResult | Question[]> {
  const { context } = setup
  try {
    const result = await timed(setup, call)
    return isSuspension(result) ? [asked(setup, call.toolCallId, result.suspend)] : resultOf(result)
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    if (PfError.is(error, 'PF_BUDGET_EXCEEDED')) throw error
    if (ThrownReply.is(error)) return fromReply(setup, call.toolCallId, error.reply)
    const message = error instanceof Error ? error.message : String(error)
    context.log('warn', 'A tool failed.', { tool: call.tool.name, toolCallId: call.toolCallId, error: message })
    return failure(`The tool failed: ${message}`)
  }
}

/** Runs the tool until it is done, its time is over, or the run is aborted. */
async function timed(setup: LoopSetup, call: ReadyCall): Promise<ToolResult> {
  const { context, clock, options } = setup
  const { tool } = call
  const ms = tool.timeoutMs ?? options.toolTimeoutMs
  if (ms === undefined) return tool.run(call.args as never, callOf(setup, call))
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
    return await Promise.race([tool.run(call.args as never, callOf(setup, call, controller.signal)), isLate])
  } finally {
    cancelTimer()
    context.signal.removeEventListener('abort', forward)
  }
}

/** A handler behind the tool ended from inside. */
function fromReply(setup: LoopSetup, toolCallId: string, reply: ThrownReply['reply']): CallResult | Question[] {
  if (reply.reply === 'suspended') return reply.interrupts.map((one) => asked(setup, toolCallId, one))
  const isError = reply.reply === 'failed' || reply.reply === 'rejected'
  return { parts: [...(reply.parts ?? [])], ...(isError && { isError }) }
}

function asked({ random }: LoopSetup, toolCallId: string, question: Omit<Question, 'id'> & { id?: string }): Question {
  return { toolCallId, slot: toolCallId, ...question, id: question.id ?? random.id() }
}
