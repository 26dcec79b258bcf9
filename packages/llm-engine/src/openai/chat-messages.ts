import type {
  JsonObject,
  JsonValue,
  ModelAssistantMessage,
  ModelFilePart,
  ModelMessage,
  ModelToolMessage,
  ModelUserPart,
} from '@pf-agents/agent-core'
import { isImage, resultFiles, resultText } from '../tool/result-content'
import { wireName } from '../tool/tool-names'
import { isObject } from '../wire/json'
import type { ChatProfile } from './chat-profile'

/** The messages of a call as Chat Completions have them. */
export function chatMessages(messages: readonly ModelMessage[], profile: ChatProfile): JsonObject[] {
  const out: JsonObject[] = []
  for (const message of messages) {
    switch (message.role) {
      case 'system':
        out.push({ role: profile.systemRole ?? 'system', content: marked(message.text, message.cache, profile) })
        break
      case 'user':
        out.push({ role: 'user', content: userContent(message.content, profile) })
        break
      case 'assistant':
        out.push(assistantMessage(message, profile))
        break
      case 'tool':
        toolMessages(message, profile, out)
    }
  }
  return out
}

function marked(text: string, cache: unknown, profile: ChatProfile): JsonValue {
  return cache && profile.cacheMarks ? [{ type: 'text', text, ...cacheMark(cache, profile) }] : text
}

function cacheMark(cache: unknown, profile: ChatProfile): JsonObject {
  if (!cache || !profile.cacheMarks) return {}
  return { prompt_cache_breakpoint: { mode: 'explicit', ...(cache === 'long' && { ttl: '12h' }) } }
}

/** Plain text as a string: all servers take that, not all take parts. */
function userContent(content: readonly ModelUserPart[], profile: ChatProfile): JsonValue {
  if (content.every((part) => part.type === 'text' && !(part.cache && profile.cacheMarks))) {
    return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  }
  return content.map((part) => ({
    ...(part.type === 'text' ? { type: 'text', text: part.text } : filePart(part)),
    ...cacheMark(part.cache, profile),
  }))
}

/** Files that may stand in a prompt: pictures by address, too, others as bytes only. */
export const files = /^(image\/(png|jpeg|gif|webp) (https?:|$)|(audio\/(wav|mpeg)|(?!image|audio|video)[^ ]+) $)/i

function filePart({ mediaType, raw = '', url, filename }: ModelFilePart): JsonObject {
  const data = `data:${mediaType};base64,${raw}`
  if (isImage(mediaType)) return { type: 'image_url', image_url: { url: url ?? data } }
  if (mediaType.startsWith('audio/')) {
    return { type: 'input_audio', input_audio: { data: raw, format: mediaType === 'audio/wav' ? 'wav' : 'mp3' } }
  }
  const name = filename ?? (mediaType === 'application/pdf' ? 'file.pdf' : 'file')
  return { type: 'file', file: { filename: name, file_data: data } }
}

function assistantMessage(message: ModelAssistantMessage, { provider }: ChatProfile): JsonObject {
  let text: string | undefined
  const calls: JsonObject[] = []
  for (const part of message.content) {
    if (part.type === 'text') text = (text ?? '') + part.text
    else if (part.type === 'tool-call') {
      const extra = part.providerData?.[provider]?.['extra']
      calls.push({
        ...(isObject(extra) && extra),
        id: part.toolCallId,
        type: 'function',
        function: { name: wireName(part.name), arguments: part.arguments === '' ? '{}' : part.arguments },
      })
    }
  }
  return {
    role: 'assistant',
    content: text ?? (calls.length > 0 ? null : ''),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** Results are text here; pictures among them follow as the user's, behind all results: nothing may stand between. */
function toolMessages(message: ModelToolMessage, profile: ChatProfile, out: JsonObject[]): void {
  const made: ModelUserPart[] = []
  for (const result of message.content) {
    out.push({
      role: 'tool',
      tool_call_id: result.toolCallId,
      content: marked(resultText(result), result.cache, profile),
    })
    for (const file of resultFiles(result)) {
      made.push({ type: 'text', text: `From ${result.name} (${result.toolCallId}):` }, file)
    }
  }
  if (made.length > 0) out.push({ role: 'user', content: userContent(made, profile) })
}
