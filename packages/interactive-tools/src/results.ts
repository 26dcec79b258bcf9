import { type JsonValue, PfError, type ToolResult } from '@pf-agents/agent-core'
import type { Answered } from './pose'

/** What the model is told where nobody will answer. */
export const cancelledText =
  'The user does not answer this question. Do not ask it again: go on without, or say what you can not do without it.'

/** What came of a question, as a result: parts, so that nothing in an answer is taken for more than an answer. */
export function resultOf(answered: Answered, tell: (answer: JsonValue) => JsonValue = (answer) => answer): ToolResult {
  if ('asked' in answered) return answered.asked
  if (answered.answer === undefined) return { parts: [{ text: cancelledText }] }
  const told = tell(answered.answer)
  const part = typeof told === 'string' ? { text: told } : { data: told }
  if (!answered.isDefault) return { parts: [part] }
  return { parts: [{ text: 'Nobody gave an answer. This is the default:' }, part] }
}

/** What the model is told where it asked in a way that can not be. @throws whatever else went wrong */
export function refusal(error: unknown): ToolResult {
  if (!PfError.is(error, 'PF_INPUT_INVALID')) throw error
  return { isError: true, parts: [{ text: error.message }] }
}
