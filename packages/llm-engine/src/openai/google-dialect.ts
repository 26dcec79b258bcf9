import type { JsonObject } from '@pf-agents/agent-core'
import { unsigned, wantsSignatures } from '../gemini/signatures'
import { arrayOf, objectOf } from '../wire/json'
import type { ChatDialect } from './chat-dialect'
import { compatibleDialect } from './compatible-dialect'

/** Whether Gemini itself is asked, over Google's layer of Chat Completions, and a model that wants signatures. */
export function isGoogle(url: string, model: string): boolean {
  return /^https:\/\/[^/]+\.googleapis\.com\//.test(url) && wantsSignatures.test(model)
}

/** The same, with a signature on the first call of each answer, whoever made it. */
export const googleDialect: ChatDialect = {
  ...compatibleDialect,
  fields(call, messages, profile) {
    const fields = compatibleDialect.fields(call, messages, profile)
    return { ...fields, messages: arrayOf(fields['messages'] as JsonObject[]).map((one) => signed(objectOf(one))) }
  },
}

function signed(message: JsonObject): JsonObject {
  const [first, ...others] = arrayOf(message['tool_calls']).map(objectOf)
  if (first === undefined || first['extra_content']) return message
  return {
    ...message,
    tool_calls: [{ ...first, extra_content: { google: { thought_signature: unsigned } } }, ...others],
  }
}
