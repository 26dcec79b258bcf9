import type { Message, ModelMessage, RunContext } from '@pf-agents/agent-core'
import { promptParts } from './prompt-parts'

/** The conversation so far and the run's own message, as a prompt. */
export async function conversationPrompt(context: RunContext, limit: number): Promise<ModelMessage[]> {
  const history = limit > 0 ? await context.history(limit) : []
  // Where the conversation was cut it may begin in the middle of a turn: models want the user to begin.
  const first = history.length < limit ? 0 : history.findIndex(({ role }) => role === 'user')
  return [...(first < 0 ? [] : history.slice(first)), context.message].map(promptMessage)
}

/** A message as a model reads it. */
function promptMessage({ role, parts }: Pick<Message, 'role' | 'parts'>): ModelMessage {
  return { role: role === 'user' ? 'user' : 'assistant', content: promptParts(parts) }
}
