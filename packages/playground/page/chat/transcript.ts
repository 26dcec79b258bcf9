import type { Message } from '@ag-ui/client'

/** A tool call with what came of it. */
export interface Call {
  id: string
  name: string
  /** JSON text, as far as it has come. */
  args: string
  result?: unknown
  isError: boolean
}

/** One thing in the conversation. */
export type Entry =
  | { kind: 'user'; id: string; text: string; media: readonly unknown[] }
  | { kind: 'assistant'; id: string; text: string; calls: readonly Call[]; by?: string }
  | { kind: 'reasoning'; id: string; text: string; by?: string }
  | { kind: 'activity'; id: string; type: string; content: Record<string, unknown>; by?: string }

/** What was said and done, in order; results stand with their calls. */
export function transcript(messages: readonly Message[]): Entry[] {
  const results = new Map(messages.flatMap((one) => (one.role === 'tool' ? [[one.toolCallId, one] as const] : [])))
  return messages.flatMap((message): Entry[] => {
    const by = 'subagentRunId' in message && message.subagentRunId !== undefined ? { by: message.subagentRunId } : {}
    switch (message.role) {
      case 'user':
        return [{ kind: 'user', id: message.id, ...contentOf(message.content) }]
      case 'assistant': {
        const calls = (message.toolCalls ?? []).map(({ id, function: { name, arguments: args } }): Call => {
          const result = results.get(id)
          return {
            id,
            name,
            args,
            isError: result !== undefined && (result.error !== undefined || saysError(result)),
            ...(result && { result: result.content }),
          }
        })
        const text = contentOf(message.content ?? '').text
        return text === '' && calls.length === 0 ? [] : [{ kind: 'assistant', id: message.id, text, calls, ...by }]
      }
      case 'reasoning':
        return [{ kind: 'reasoning', id: message.id, text: message.content, ...by }]
      case 'activity':
        return [{ kind: 'activity', id: message.id, type: message.activityType, content: message.content, ...by }]
      default:
        return []
    }
  })
}

function contentOf(content: unknown): { text: string; media: readonly unknown[] } {
  if (typeof content === 'string') return { text: content, media: [] }
  const parts = Array.isArray(content) ? (content as { type?: string; text?: string }[]) : []
  const text = parts.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('')
  return { text, media: parts.filter((part) => part.type !== 'text') }
}

function saysError({ metadata }: { metadata?: unknown }): boolean {
  const own = (metadata as Record<string, unknown> | undefined)?.['pf-agents']
  return (own as { isError?: unknown } | undefined)?.isError === true
}
