import type { Interrupt, JsonObject, JsonValue, ToolCall } from '@pf-agents/agent-core'
import { approvalQuestion, decisionOf, type Question } from '../approval/approval'
import { shownCall } from '../approval/shown-call'
import { whatRuns } from '../approval/what-runs'
import { askHooks, isBlock } from '../hooks/hooks'
import { issuesText } from '../output/answer'
import { unwrapped } from '../output/object-schema'
import { callOf, type ReadyCall } from '../tool/call-tool'
import { type CallResult, failure, resultOf } from '../tool/result-parts'
import { endsRun, messageOf } from '../tool/thrown'
import type { ReadyTool } from '../tool/toolbox'
import { parseObject } from '../wire/json'
import type { CallState } from './loop-state'
import { lookingContext } from './scope'
import type { LoopSetup } from './setup'

/** What is to be done about a call: nothing any more, ask, or run it. */
export type Admission =
  | { result: CallResult; isBad?: true }
  | { ask: Question; waits: 'approval' | 'client' }
  | ReadyCall

/**
 * Looks at a call before it is made: there is such a tool, its arguments match, hooks let it pass, and somebody approved
 * it where that is needed. Called again once what it waited for is answered; what was never asked is asked then.
 */
export async function admitCall(setup: LoopSetup, call: CallState): Promise<Admission> {
  const { toolbox } = setup
  const ready = toolbox.byName.get(call.name)
  const answer = answerTo(setup, call)
  const waitedFor = answer && call.waits?.for
  // What the caller carried out is over, whatever it brings this time.
  if (waitedFor === 'client') return { result: clientResult(answer) }
  if (ready === undefined) {
    const names = [...toolbox.byName.keys()].sort().join(', ')
    return bad(`There is no tool "${call.name}". There ${names === '' ? 'are none' : `are: ${names}`}.`)
  }
  const checked = await checkArguments(ready, call.arguments)
  if ('problem' in checked) return bad(checked.problem)
  let { args } = checked
  if (call.admitted !== true) {
    const verdict = await beforeTool(setup, call, checked.json)
    if (isBlock(verdict)) return { result: failure(`The call was refused: ${verdict.block}`) }
    if (verdict !== undefined) {
      call.arguments = JSON.stringify(verdict.arguments)
      const again = await checkArguments(ready, call.arguments)
      if ('problem' in again) return bad(again.problem)
      args = again.args
    }
    // As it is read, not as it was written: of two values for one name only the last counts.
    else call.arguments = checked.text
    call.admitted = true
  }
  const { tool } = ready
  if (tool === undefined) return { ask: clientQuestion(setup, call), waits: 'client' }
  if (waitedFor === 'approval') {
    const { approved, reason } = decisionOf(answer)
    if (!approved) return { result: failure(`The call was denied${denial(reason)} Do not try it again.`) }
    call.approved = true
  }
  if (call.runs?.isWhole) args = JSON.parse(call.runs.json)
  else if (call.runs !== undefined) {
    const { json, hidden } = whatRuns(args)
    if (hidden !== undefined || json !== call.runs.json)
      return { result: failure('The call was not made: it would run with something else than what was approved.') }
  }
  const readyCall: ReadyCall = {
    toolCallId: call.toolCallId,
    tool,
    args,
    slots: call.slots,
    ...toolAnswer(call, answer),
  }
  // What asked by itself was let pass before: its answer goes to it, whatever a predicate thinks by now.
  const isAdmitted = call.approved === true || call.waits?.for === 'tool'
  const isNeeded = !isAdmitted && (await asksApproval(setup, readyCall))
  if (typeof isNeeded === 'string') return { result: failure(isNeeded) }
  if (!isNeeded) return readyCall
  call.runs = whatRuns(args)
  if (call.runs.hidden !== undefined) return { result: failure(unapprovable(setup, call.name, call.runs.hidden)) }
  return { ask: approvalQuestion(setup.random.id(), call, call.runs), waits: 'approval' }
}

function denial(reason = ''): string {
  const text = reason.trim()
  if (text === '') return '.'
  return `: ${text}${'.!?…。'.includes(text.slice(-1)) ? '' : '.'}`
}

/** Whether the tool wants an approval of the call; where it can't tell, why: the call is not made then. */
async function asksApproval(setup: LoopSetup, call: ReadyCall): Promise<boolean | string> {
  const { needsApproval = false } = call.tool
  if (typeof needsApproval !== 'function') return Boolean(needsApproval)
  const { context } = setup
  try {
    return Boolean(await needsApproval(call.args as never, callOf(call, lookingContext(context))))
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    if (endsRun(error, context)) throw error
    const message = messageOf(error)
    context.log('warn', 'It could not be told whether a call needs an approval.', {
      tool: call.tool.name,
      error: message,
    })
    return `The call was not made: whether it needs an approval could not be told. ${message}`
  }
}

/** Why nobody is asked: a yes is only worth something where what runs can be told from anything else. */
function unapprovable({ context }: LoopSetup, tool: string, hidden: string): string {
  context.log('warn', 'A call can not be approved: what its schema makes of the arguments is not all plain data.', {
    tool,
    hidden,
  })
  return `The call was not made: it needs an approval, and what it would run with can not be shown whole (${hidden}).`
}

/** The first of the questions a call waited for, as it stands now. */
function answerTo({ context }: LoopSetup, { waits }: CallState): Interrupt | undefined {
  const [id] = waits?.questions ?? []
  return id === undefined ? undefined : context.interrupts.find((one) => one.id === id)
}

function toolAnswer(
  { waits }: CallState,
  interrupt: Interrupt | undefined,
): { answer?: NonNullable<ToolCall['answer']> } {
  if (interrupt === undefined || waits?.for !== 'tool') return {}
  if (interrupt.status !== 'answered') return { answer: { status: 'cancelled' } }
  return { answer: { status: 'resolved', ...(interrupt.answer !== undefined && { payload: interrupt.answer }) } }
}

function clientResult(interrupt: Interrupt | undefined): CallResult {
  return interrupt?.status === 'answered' ? resultOf(interrupt.answer) : failure('The client did not carry it out.')
}

function clientQuestion({ random }: LoopSetup, call: CallState): Question {
  const { toolCallId } = call
  return { id: random.id(), kind: 'client-tool', prompt: `Carry out ${shownCall(call)}.`, slot: toolCallId, toolCallId }
}

function beforeTool(
  { options: { hooks = [] }, context }: LoopSetup,
  { toolCallId, name }: CallState,
  json: JsonObject,
) {
  return askHooks<{ arguments: JsonValue }>(hooks, (hook, rewrite) =>
    hook.beforeTool?.({ toolCallId, name, arguments: rewrite?.arguments ?? json, context: lookingContext(context) }),
  )
}

async function checkArguments(
  { input }: ReadyTool,
  written: string,
): Promise<{ args: unknown; json: JsonObject; text: string } | { problem: string }> {
  const json = parseObject(written)
  if (json === undefined) return { problem: 'The arguments are not a JSON object. Write valid JSON.' }
  try {
    // What is too deep to be written can't be gone on with, either.
    const text = JSON.stringify(json)
    if (input === undefined) return { args: json, json, text }
    const result = await input.schema.check(unwrapped(input, json))
    if (result.issues === undefined) return { args: result.value, json, text }
    return { problem: `The arguments do not match the schema. ${issuesText(result.issues)}` }
  } catch (error) {
    // Schemas are code of the tool, too.
    return { problem: `The arguments could not be checked. ${messageOf(error)}` }
  }
}

function bad(text: string): Admission {
  return { result: failure(text), isBad: true }
}
