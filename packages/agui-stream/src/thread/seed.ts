import type { Message } from '@pf-agents/agent-core'
import type { RunInput } from '../input/run-input'
import type { WireMessage } from '../wire/event'
import type { Thread } from './thread'

/** Messages of a client's history that a new thread takes over. */
const seedLimit = 100

/**
 * The client sends its whole history with every run. What the thread has is not touched; a thread that has nothing takes
 * the history over, and one that lacks something of what the user said last is told that.
 *
 * @param current - the message that is handed in itself
 */
export async function seedConversation(
  { threadId, messages }: RunInput,
  thread: Thread,
  current: WireMessage | undefined,
): Promise<void> {
  const end = current === undefined ? messages.length : messages.indexOf(current)
  const before = messages.slice(0, end)
  const lastKnown = before.findLastIndex(({ id }) => thread.has(id))
  const isNew = thread.messages.length === 0
  const missing = (isNew ? before.slice(-seedLimit) : before.slice(lastKnown + 1)).flatMap((one) =>
    isNew || (lastKnown >= 0 && one.role === 'user') ? spoken(one, threadId) : [],
  )
  if (missing.length === 0) return
  const { tenant, principal, conversation } = thread.terms
  await conversation.append({ tenant, principalId: principal.id }, threadId, missing)
}

/** What was said, by whom; tool calls and what was only shown are no part of it. */
function spoken(message: WireMessage, contextId: string): Message[] {
  if (message.role !== 'user' && message.role !== 'assistant') return []
  const { content = '' } = message
  const text =
    typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  if (text === '') return []
  return [{ messageId: message.id, role: message.role === 'user' ? 'user' : 'agent', parts: [{ text }], contextId }]
}
