import type { CacheMark, ModelMessage } from '@pf-agents/agent-core'

/** The prompt with marks behind the standing orders and at its end: what is sent again next turn is cached. */
export function withCacheMarks(messages: readonly ModelMessage[], cache: CacheMark): ModelMessage[] {
  return messages.map((message, index) => {
    if (message.role === 'system') return index === 0 ? { ...message, cache } : message
    if (index < messages.length - 1 || message.role === 'assistant') return message
    const last = message.content.at(-1)
    if (last === undefined) return message
    return { ...message, content: [...message.content.slice(0, -1), { ...last, cache }] } as ModelMessage
  })
}
