import { type Message, textOf } from '@pf-agents/agent-core'
import { partJson } from '../encode/parts'
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
    const taskId = taskOf(message, replays)
    const replay = taskId === undefined ? undefined : replays.get(taskId)
    if (taskId === undefined || replay === undefined) return plainMessages(message)
    if (done.has(taskId)) return []
    done.add(taskId)
    return isUnderWay(taskId) ? replay.transcript.messagesWithoutOpenCalls() : replay.transcript.messages
  })
  // A message that two tasks have is the user's own, sent twice.
  const seen = new Set<string>()
  return messages.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** The task that tells a message: the one it names, or the one that has it among its events. */
function taskOf({ taskId, messageId }: Message, replays: ReadonlyMap<string, Replay>): string | undefined {
  if (taskId !== undefined) return taskId
  for (const [id, { messageIds }] of replays) if (messageIds.has(messageId)) return id
  return undefined
}

/** A message as the conversation keeps it: its text, and beside it what is none. */
function plainMessages(message: Message): WireMessage[] {
  if (message.role === 'user') return [userMessage(message)]
  const { messageId, taskId, parts } = message
  const id = taskId === undefined ? messageId : wireId(taskId, messageId)
  const text = textOf(parts)
  const others = parts.filter((part) => part.text === undefined)
  return [
    ...(text === '' ? [] : [{ id, role: 'assistant' as const, content: text }]),
    ...(others.length === 0
      ? []
      : [
          {
            id: `${id}-parts`,
            role: 'activity' as const,
            activityType: 'a2a.parts',
            content: { messageId: id, parts: others.map(partJson) },
          },
        ]),
  ]
}
