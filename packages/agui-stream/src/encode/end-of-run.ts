import { errorMetadataKey, type Interrupt, type JsonObject, type TaskStatus, textOf } from '@pf-agents/agent-core'
import type { WireEvent, WireInterrupt, WireOutcome, WireUsage } from '../wire/event'

/** Why a run waits, as clients know it. */
const reasons: Record<Interrupt['kind'], string> = {
  input: 'input_required',
  approval: 'tool_call',
  auth: 'auth_required',
  'client-tool': 'client_tool',
  child: 'input_required',
}

/** A question as an outcome tells it. */
function encodeInterrupt(interrupt: Interrupt, { callId, owners }: EndTerms): WireInterrupt {
  const { id, kind, prompt, slot, schema, toolCallId, expiresAt, child } = interrupt
  const facts: JsonObject = { kind, ...(slot !== undefined && { slot }), ...(child && { child: { ...child } }) }
  return {
    id,
    reason: reasons[kind],
    ...(prompt !== '' && { message: prompt }),
    ...(toolCallId !== undefined && { toolCallId: callId(toolCallId) }),
    ...(schema && { responseSchema: schema }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(owners?.has(id) && { subagentRunId: owners.get(id) as string }),
    metadata: { 'pf-agents': facts },
  }
}

/** What the end of a run is told from. */
export interface EndTerms {
  threadId: string
  runId: string
  status: TaskStatus
  /** Open questions. */
  interrupts: readonly Interrupt[]
  /** Subagents whose questions some of them are, by the ids of these. */
  owners?: ReadonlyMap<string, string> | undefined
  callId(toolCallId: string): string
  usage: WireUsage | undefined
}

/** The terminal event for the status that a run ended with. */
export function encodeEnd(terms: EndTerms): WireEvent {
  const { threadId, runId, status, usage } = terms
  const used = usage && { usage: [usage] }
  const ids = { threadId, runId }
  switch (status.state) {
    case 'canceled':
      return { type: 'RUN_FINISHED', ...ids, outcome: { type: 'cancelled' }, ...used }
    case 'failed':
    case 'rejected':
      return { type: 'RUN_ERROR', ...describeFailure(status), ...used }
    case 'input-required':
    case 'auth-required':
      return { type: 'RUN_FINISHED', ...ids, outcome: waiting(terms), ...used }
    default:
      return { type: 'RUN_FINISHED', ...ids, outcome: { type: 'success' }, ...used }
  }
}

/** Calls that the client carries out are no interrupt: the run succeeded, and they are pending. */
function waiting(terms: EndTerms): WireOutcome {
  const { interrupts, callId } = terms
  const asked = interrupts.filter((one) => one.kind !== 'client-tool' || one.toolCallId === undefined)
  if (asked.length > 0 || interrupts.length === 0)
    return { type: 'interrupt', interrupts: asked.map((one) => encodeInterrupt(one, terms)) }
  return { type: 'success', pendingToolCallIds: interrupts.map((one) => callId(one.toolCallId as string)) }
}

function describeFailure({ state, message }: TaskStatus): { message: string; code: string } {
  const error = message?.metadata?.[errorMetadataKey]
  const code = typeof error === 'object' && error !== null && !Array.isArray(error) ? error['code'] : undefined
  const text = message === undefined ? '' : textOf(message.parts)
  return {
    message: text || (state === 'rejected' ? 'The agent does not take this on.' : 'The agent failed.'),
    code: typeof code === 'string' ? code : state,
  }
}
