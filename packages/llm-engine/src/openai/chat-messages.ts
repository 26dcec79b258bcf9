import type {
  JsonObject,
  JsonValue,
  ModelAssistantMessage,
  ModelFilePart,
  ModelMessage,
  ModelToolMessage,
  ModelUserPart,
} from '@pf-agents/agent-core'
import { resultFiles, resultText } from '../tool/result-content'
import { wireName } from '../tool/tool-names'
import { isObject } from '../wire/json'
import type { ChatProfile } from './chat-profile'

/** The messages of a call as Chat Completions have them. */
export function chatMessages(
  messages: readonly ModelMessage[],
  profile: ChatProfile,
  warnings: string[],
): JsonObject[] {
  const out: JsonObject[] = []
  for (const message of messages) {
    switch (message.role) {
      case 'system':
        out.push({ role: profile.systemRole ?? 'system', content: marked(message.text, message.cache, profile) })
        break
      case 'user':
        out.push({ role: 'user', content: userContent(message.content, profile, warnings) })
        break
      case 'assistant':
        out.push(assistantMessage(message, profile))
        break
      case 'tool':
        toolMessages(message, profile, warnings, out)
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
function userContent(content: readonly ModelUserPart[], profile: ChatProfile, warnings: string[]): JsonValue {
  if (content.every((part) => part.type === 'text' && !(part.cache && profile.cacheMarks))) {
    return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  }
  const parts: JsonObject[] = []
  for (const part of content) {
    if (part.type === 'text') parts.push({ type: 'text', text: part.text, ...cacheMark(part.cache, profile) })
    else if (profile.files === false)
      warnings.push(`${profile.provider} takes no files: ${part.mediaType} was left out.`)
    else {
      const file = filePart(part, warnings)
      if (file) parts.push({ ...file, ...cacheMark(part.cache, profile) })
    }
  }
  return parts
}

function filePart(part: ModelFilePart, warnings: string[]): JsonObject | undefined {
  const { mediaType, raw, url, filename } = part
  if (mediaType === 'image' || mediaType.startsWith('image/')) {
    return { type: 'image_url', image_url: { url: url ?? `data:${imageType(mediaType)};base64,${raw}` } }
  }
  const format = soundFormats[mediaType]
  if (format !== undefined && raw !== undefined) return { type: 'input_audio', input_audio: { data: raw, format } }
  if (raw !== undefined) {
    const name = filename ?? (mediaType === 'application/pdf' ? 'file.pdf' : 'file')
    return { type: 'file', file: { filename: name, file_data: `data:${mediaType};base64,${raw}` } }
  }
  warnings.push(`Chat Completions take ${mediaType} inline only: a file by address was left out.`)
  return undefined
}

const soundFormats: Readonly<Record<string, string>> = { 'audio/wav': 'wav', 'audio/mpeg': 'mp3', 'audio/mp3': 'mp3' }

function imageType(mediaType: string): string {
  return mediaType === 'image' || mediaType === 'image/*' ? 'image/png' : mediaType
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
function toolMessages(message: ModelToolMessage, profile: ChatProfile, warnings: string[], out: JsonObject[]): void {
  const files: ModelUserPart[] = []
  for (const result of message.content) {
    out.push({
      role: 'tool',
      tool_call_id: result.toolCallId,
      content: marked(resultText(result), result.cache, profile),
    })
    for (const file of resultFiles(result)) {
      files.push({ type: 'text', text: `From ${result.name} (${result.toolCallId}):` }, file)
    }
  }
  if (files.length > 0) out.push({ role: 'user', content: userContent(files, profile, warnings) })
}
