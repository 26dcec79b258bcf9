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
import { hash, wireName } from '../tool/tool-names'
import { arrayOf, isObject } from '../wire/json'
import type { ChatProfile } from './chat-profile'
import { addReasoningDetails } from './reasoning-details'

/** The messages of a call as Chat Completions have them. */
export function chatMessages(
  messages: readonly ModelMessage[],
  profile: ChatProfile,
  warnings: string[],
): JsonObject[] {
  const out: JsonObject[] = []
  // A turn lasts from what one user says to what the next one does: the answer behind the calls is part of it.
  let turn = 0
  const turns = messages.map(({ role }) => (role === 'user' ? ++turn : turn))
  const toolTurns = new Set(turns.filter((_, index) => messages[index]?.role === 'tool'))
  const { echoReasoning: echo } = profile
  const isEchoed = (index: number): boolean =>
    echo === 'always' || (echo === 'tool-turns' && toolTurns.has(turns[index] as number))
  for (const [index, message] of messages.entries()) {
    switch (message.role) {
      case 'system':
        out.push({ role: profile.systemRole ?? 'system', content: marked(message.text, message.cache, profile) })
        break
      case 'user':
        out.push({ role: 'user', content: userContent(message.content, profile, warnings) })
        break
      case 'assistant':
        out.push(assistantMessage(message, profile, isEchoed(index)))
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

function assistantMessage(message: ModelAssistantMessage, profile: ChatProfile, echo: boolean): JsonObject {
  let text: string | undefined
  let reasoning = ''
  const details: JsonValue[] = []
  const calls: JsonObject[] = []
  for (const part of message.content) {
    const own = 'providerData' in part ? part.providerData?.[profile.provider] : undefined
    if (part.type === 'text') text = (text ?? '') + part.text
    else if (part.type === 'reasoning') {
      reasoning += part.text
      addReasoningDetails(details, arrayOf(own?.['reasoning_details']))
    } else if (part.type === 'tool-call') {
      calls.push({
        ...(isObject(own?.['extra']) && own['extra']),
        id: callId(part.toolCallId, profile),
        type: 'function',
        function: { name: wireName(part.name), arguments: part.arguments === '' ? '{}' : part.arguments },
      })
    }
  }
  const { echoEmpty = false, reasoningField = 'reasoning_content' } = profile
  return {
    role: 'assistant',
    content: text ?? (calls.length > 0 ? null : ''),
    ...(echo && (echoEmpty || reasoning !== '') && { [reasoningField]: reasoning }),
    ...(echo && details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** Results are text here; pictures among them follow as the user's, behind all results: nothing may stand between. */
function toolMessages(message: ModelToolMessage, profile: ChatProfile, warnings: string[], out: JsonObject[]): void {
  const files: ModelUserPart[] = []
  for (const result of message.content) {
    out.push({
      role: 'tool',
      tool_call_id: callId(result.toolCallId, profile),
      content: marked(resultText(result), result.cache, profile),
    })
    for (const file of resultFiles(result)) {
      files.push({ type: 'text', text: `From ${result.name} (${result.toolCallId}):` }, file)
    }
  }
  if (files.length > 0) out.push({ role: 'user', content: userContent(files, profile, warnings) })
}

function callId(id: string, { toolCallId: rule }: ChatProfile): string {
  if (rule === undefined || rule.pattern.test(id)) return id
  return (hash(id) + hash(`${id}.`)).slice(0, rule.length)
}
