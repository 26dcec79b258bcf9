import type { ModelMessage, ModelToolResultPart } from '@pf-agents/agent-core'
import { textOfResult } from '../results/shorten'

/** Characters of a tool's arguments or result that a transcript has, at most. */
const longest = 2_000

/** A message as a line or more of a transcript; empty where there is nothing to tell. */
export function transcribe(message: ModelMessage): string {
  if (message.role === 'system') return `Orders: ${message.text}`
  if (message.role === 'tool') return message.content.map(resultLine).join('\n')
  const who = message.role === 'user' ? 'User' : 'Assistant'
  const lines: string[] = []
  for (const part of message.content) {
    if (part.type === 'text' && part.text.trim() !== '') lines.push(`${who}: ${part.text}`)
    else if (part.type === 'tool-call') lines.push(`Assistant calls ${part.name} with ${cut(part.arguments)}`)
    else if (part.type === 'file') lines.push(`${who}: [${part.filename ?? 'a file'}, ${part.mediaType}]`)
  }
  return lines.join('\n')
}

function resultLine({ name, parts, isError }: ModelToolResultPart): string {
  return `${name} ${isError === true ? 'failed' : 'gives'}: ${cut(textOfResult(parts))}`
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)} [… ${text.length - longest} more characters]`
}
