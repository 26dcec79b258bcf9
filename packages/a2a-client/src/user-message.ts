import { type Message, type Part, type Random, systemRandom } from '@pf-agents/agent-core'

/**
 * A message from the user's side, with an id of its own.
 *
 * @param content - a text, or parts
 * @param rest - the context or task it belongs to, metadata, and so on
 *
 * @example
 * ```ts
 * await client.sendMessage({ message: userMessage('Paris', { taskId: task.id }) })
 * ```
 */
export function userMessage(
  content: string | Part[],
  rest: Partial<Omit<Message, 'role' | 'parts'>> = {},
  random: Pick<Random, 'id'> = systemRandom,
): Message {
  return {
    messageId: random.id(),
    role: 'user',
    parts: typeof content === 'string' ? [{ text: content }] : content,
    ...rest,
  }
}
