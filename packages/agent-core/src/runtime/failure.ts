import { PfError } from '../error/pf-error'
import type { JsonObject } from '../model/json'
import type { Message } from '../model/message'

/** Where a failed task's status message carries the error's code. */
export const errorMetadataKey = 'urn:pf-agents:error'

/** Codes whose message was written for the caller; of the others only the code is told. */
const tellable = new Set<string>([
  'PF_RUN_TIMEOUT',
  'PF_RUN_CANCELED',
  'PF_RUN_LOST',
  'PF_BUDGET_EXCEEDED',
  'PF_INTERRUPT_EXPIRED',
  'PF_OUTPUT_INVALID',
  'PF_SECRET_MISSING',
  'PF_OUTBOUND_DENIED',
  'PF_ENGINE_MISSING',
  'PF_CHECKPOINT_SCHEMA',
  'PF_SKILL_UNKNOWN',
  'PF_TOOL_CALL_INVALID',
  'PF_REQUEST_TOO_LARGE',
])

/** Whether an error's sentence was written for callers. */
export function isTellable(error: PfError): boolean {
  return tellable.has(error.code)
}

/**
 * What a caller may know of an error: its code, and its sentence where that sentence was written for callers.
 * Anything a handler throws of its own stays in the log.
 */
export function failureMessage(error: unknown, ids: { messageId: string; taskId: string; contextId: string }): Message {
  const code = PfError.is(error) ? error.code : 'PF_INTERNAL'
  const text = PfError.is(error) && isTellable(error) ? error.message : 'The agent failed.'
  const metadata: JsonObject = { [errorMetadataKey]: { code } }
  return { ...ids, role: 'agent', parts: [{ text }], metadata }
}
