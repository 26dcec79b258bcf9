import type { JsonValue } from '../model/json'
import type { Message } from '../model/message'
import type { Part } from '../model/part'

/** Numbers the messages of a test run, so that ids differ. */
let count = 0

/**
 * Makes a user's message out of text, parts, or one JSON value under `data`.
 *
 * @example
 * ```ts
 * runtime.submit({ message: testMessage('Hello'), principal: anonymous })
 * ```
 */
export function testMessage(
  content: string | readonly Part[] | { data: JsonValue },
  fields: Partial<Message> = {},
): Message {
  const parts: Part[] =
    typeof content === 'string' ? [{ text: content }] : 'data' in content ? [{ data: content.data }] : [...content]
  return { messageId: `message-${++count}`, role: 'user', parts, ...fields }
}
