import type { Interrupt, JsonObject, JsonValue } from '@pf-agents/agent-core'
import { isObject } from '../wire/json'
import { shownCall } from './shown-call'
import type { WhatRuns } from './what-runs'

/** A question of a loop: it names its id itself, to know the answer by. */
export type Question = Omit<Interrupt, 'status' | 'answer'>

/** Characters of an answer in words; a longer one is none, and is not looked through. */
const longest = 1000
// Blanks stand before the mark or behind it, never in either of two places: that would take their number squared.
const yes = /^\s*(yes|y|ok|okay|true|approved?|allow(ed)?)\s*([.!]\s*)?$/i
const words =
  '^\\s*([Yy]([Ee][Ss])?|[Nn][Oo]?|[Oo][Kk](ay)?|true|false|[Aa]pproved?|[Aa]llow(ed)?|[Dd]en(y|ied)|[Rr]eject(ed)?)\\s*([.!]\\s*)?$'

/** JSON Schema of the answer to an approval: an object that says `approved`, or the bare word. */
const approvalSchema: JsonObject = {
  anyOf: [
    {
      type: 'object',
      properties: {
        approved: { type: 'boolean', description: 'Whether the tool may be called with these arguments.' },
        reason: { type: 'string', description: 'Told to the model where it is denied.' },
      },
      required: ['approved'],
    },
    { type: 'boolean' },
    { type: 'string', maxLength: longest, pattern: words },
  ],
}

/** The question whether a call may be made, with this. */
export function approvalQuestion(
  id: string,
  call: { toolCallId: string; name: string; arguments: string },
  runs: WhatRuns,
): Question {
  return {
    id,
    kind: 'approval',
    prompt: `May the agent call ${shownCall(call, runs)}?`,
    slot: call.toolCallId,
    schema: approvalSchema,
    toolCallId: call.toolCallId,
  }
}

/** What was decided. Anything that is not clearly a yes is a no. */
export function decisionOf(interrupt: Interrupt | undefined): { approved: boolean; reason?: string } {
  if (interrupt?.status !== 'answered') return { approved: false, reason: 'Nobody answered.' }
  const { answer } = interrupt
  if (isObject(answer)) {
    const reason = answer['reason']
    return { approved: answer['approved'] === true, ...(typeof reason === 'string' && { reason }) }
  }
  return { approved: isYes(answer) }
}

function isYes(answer: JsonValue | undefined): boolean {
  return answer === true || (typeof answer === 'string' && answer.length <= longest && yes.test(answer))
}
