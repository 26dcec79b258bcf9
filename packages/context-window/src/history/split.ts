import type {
  ModelAssistantMessage,
  ModelMessage,
  ModelToolCallPart,
  ModelToolMessage,
  ModelToolResultPart,
} from '@pf-agents/agent-core'
import type { History } from './step'

/** What a call is told to have come to where its result is missing. */
const lost = 'The result of this call was lost.'

/**
 * Takes a prompt apart into steps. Providers refuse a call without its result and a result without its call: the one gets
 * an error as its result, the other is left out. Messages that are whole are handed on as they are.
 */
export function splitHistory(messages: readonly ModelMessage[]): History {
  let at = 0
  while (messages[at]?.role === 'system') at++
  const head = messages.slice(0, at)
  const steps: ModelMessage[][] = []
  let repaired = 0
  let isOpen = false
  while (at < messages.length) {
    const message = messages[at] as ModelMessage
    at++
    if (message.role === 'tool') {
      repaired += message.content.length
      isOpen = false
      continue
    }
    if (message.role !== 'assistant') {
      steps.push([message])
      isOpen = false
      continue
    }
    // What a model said in several messages on end belongs together: the last goes on where the first paused.
    if (!isOpen) steps.push([])
    const step = steps.at(-1) as ModelMessage[]
    step.push(message)
    const calls = callsOf(message)
    isOpen = calls.length === 0
    if (isOpen) continue
    const results: ModelToolMessage[] = []
    for (let next = messages[at]; next?.role === 'tool'; next = messages[++at]) results.push(next)
    const paired = pairResults(calls, results)
    step.push(...paired.messages)
    repaired += paired.repaired
  }
  return { head, steps, repaired }
}

function callsOf(message: ModelAssistantMessage): ModelToolCallPart[] {
  return message.content.filter((part) => part.type === 'tool-call')
}

/** The results of these calls: each once, none of others. */
function pairResults(
  calls: readonly ModelToolCallPart[],
  results: readonly ModelToolMessage[],
): { messages: readonly ModelToolMessage[]; repaired: number } {
  const open = new Map(calls.map((call) => [call.toolCallId, call]))
  let repaired = 0
  const kept: ModelToolMessage[] = []
  for (const message of results) {
    const content = message.content.filter((result) => open.delete(result.toolCallId))
    repaired += message.content.length - content.length
    if (content.length === message.content.length) kept.push(message)
    else if (content.length > 0) kept.push({ ...message, content })
  }
  if (open.size === 0) return { messages: kept, repaired }
  const missing = [...open.values()].map(({ toolCallId, name }): ModelToolResultPart => ({
    type: 'tool-result',
    toolCallId,
    name,
    parts: [{ text: lost }],
    isError: true,
  }))
  const last = kept.pop()
  return {
    messages: [...kept, { role: 'tool', content: [...(last?.content ?? []), ...missing] }],
    repaired: repaired + missing.length,
  }
}
