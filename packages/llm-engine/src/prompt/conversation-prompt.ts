import type { Message, ModelMessage } from '@pf-agents/agent-core'
import type { LoopSetup } from '../loop/setup'
import { clientContextPart } from './client-context'
import { promptParts } from './prompt-parts'
import { rememberedTurns, withFiles } from './remembered-turns'

/** The conversation so far and the run's own message, which comes last, as a prompt. */
export async function conversationPrompt({ context, options, toolbox }: LoopSetup): Promise<ModelMessage[]> {
  const { historyLimit: limit } = options
  const history = limit > 0 ? await context.history(limit) : []
  // A provider that is shown no tools may refuse a prompt with calls of some.
  const turns = withTurns(history, toolbox.shown.length > 0)
  const messages = withFiles(turns, options.maxRememberedFileLength)
  // Where the conversation was cut it may begin in the middle of a turn: models want the user to begin.
  const first = history.length < limit ? 0 : messages.findIndex(({ role }) => role === 'user')
  const told = clientContextPart(context, options.maxClientContextLength)
  // Behind the user's words: all that is sent again with the next message stands before it.
  const own: ModelMessage = { role: 'user', content: [...promptParts(context.message.parts), ...(told ? [told] : [])] }
  return [...(first < 0 ? [] : messages.slice(first)), own]
}

/**
 * The conversation with all that the model did in tasks that are over, in place of what it and the user said in them;
 * tasks with calls only where there are tools.
 */
function withTurns(history: readonly Message[], hasTools: boolean): ModelMessage[] {
  const tasks = new Map<string, { messageId: string }>()
  for (const message of history) {
    const turns = rememberedTurns(message)
    const isFit = hasTools || turns?.messages.every(({ role }) => role !== 'tool')
    if (turns !== undefined && isFit && message.taskId !== undefined) tasks.set(message.taskId, turns)
  }
  return history.flatMap((message): readonly ModelMessage[] => {
    const task = message.taskId === undefined ? undefined : tasks.get(message.taskId)
    if (task === undefined || task.messageId === message.messageId) return promptMessage(message)
    return rememberedTurns(message)?.messages ?? []
  })
}

/** A message as a model reads it; none where the agent said nothing. */
function promptMessage({ role, parts }: Message): ModelMessage[] {
  if (role === 'user') return [{ role, content: promptParts(parts) }]
  return parts.every(({ text }) => text === '') ? [] : [{ role: 'assistant', content: promptParts(parts) }]
}
