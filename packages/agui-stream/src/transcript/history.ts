import { type Message, textOf } from '@pf-agents/agent-core'
import type { WireMessage } from '../wire/event'
import { wireId } from '../wire/wire-id'
import type { Replay } from './replay'
import { userMessage } from './replay'

/**
 * The messages of a thread in the order they were said: those of a task, as its events tell them, where its first one
 * stands; what belongs to no task, or to one whose events are gone, as the conversation keeps it.
 */
export function threadMessages(
  conversation: readonly Message[],
  replays: ReadonlyMap<string, Replay>,
  isUnderWay: (taskId: string) => boolean,
): WireMessage[] {
  const done = new Set<string>()
  const messages = conversation.flatMap((message): WireMessage[] => {
    const { taskId } = message
    const replay = taskId === undefined ? undefined : replays.get(taskId)
    if (taskId === undefined || replay === undefined) return [plainMessage(message)]
    if (done.has(taskId)) return []
    done.add(taskId)
    return isUnderWay(taskId) ? replay.transcript.messagesWithoutOpenCalls() : replay.transcript.messages
  })
  // A message that two tasks have is the user's own, sent twice.
  const seen = new Set<string>()
  return messages.filter(({ id }) => !seen.has(id) && seen.add(id))
}

function plainMessage(message: Message): WireMessage {
  if (message.role === 'user') return userMessage(message)
  const { messageId, taskId, parts } = message
  return { id: taskId === undefined ? messageId : wireId(taskId, messageId), role: 'assistant', content: textOf(parts) }
}
