import type { ModelCall, ModelMessage, ModelUsage, Part } from '@pf-agents/agent-core'

/** Characters of a token, of most languages and most models. */
const charsPerToken = 4
/** Tokens of a file, about. */
const fileTokens = 1000

/**
 * The usage with estimates for what is not told of it: a budget has to count what a provider does not.
 *
 * @param answered - characters that came
 * @param files - files that came
 */
export function estimatedUsage(usage: ModelUsage, call: ModelCall, answered: number, files = 0): ModelUsage {
  const output = Math.ceil(answered / charsPerToken) + files * fileTokens
  return {
    ...usage,
    inputTokens: usage.inputTokens ?? promptTokens(call),
    // What was said before the end was all that had been counted by then.
    outputTokens: usage.estimated === true ? Math.max(usage.outputTokens ?? 0, output) : (usage.outputTokens ?? output),
    estimated: true,
  }
}

/** Tokens of a prompt, about. */
export function promptTokens({ messages, tools = [] }: ModelCall): number {
  let length = 0
  let files = 0
  const add = (part: Part | { type: 'file' }): void => {
    if ('type' in part || part.raw !== undefined || part.url !== undefined) files++
    else length += part.text?.length ?? JSON.stringify(part.data).length
  }
  const addMessage = (message: ModelMessage): void => {
    if (message.role === 'system') {
      length += message.text.length
      return
    }
    for (const part of message.content) {
      if (part.type === 'text' || part.type === 'reasoning') length += part.text.length
      else if (part.type === 'tool-call') length += part.name.length + part.arguments.length
      else if (part.type === 'tool-result') part.parts.forEach(add)
      else if (part.type === 'file') add({ type: 'file' })
    }
  }
  messages.forEach(addMessage)
  for (const tool of tools) length += JSON.stringify(tool).length
  return Math.ceil(length / charsPerToken) + files * fileTokens
}
