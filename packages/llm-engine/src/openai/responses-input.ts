import type {
  JsonObject,
  JsonValue,
  ModelAssistantMessage,
  ModelFilePart,
  ModelMessage,
  ModelToolResultPart,
  ModelUserPart,
} from '@pf-agents/agent-core'
import { isImage, resultFiles, resultText } from '../tool/result-content'
import { hash, wireName } from '../tool/tool-names'
import { arrayOf, isObject, objectOf, stringOf } from '../wire/json'

/** Longest id of a call that the interface takes. */
const longestId = 64

/** The messages as items of the Responses interface, every thought in front of what it led to. */
export function responsesInput(
  messages: readonly ModelMessage[],
  provider: string,
  cacheMarks: boolean,
  warnings: string[],
): JsonObject[] {
  const items: JsonObject[] = []
  for (const message of messages) {
    if (message.role === 'system') items.push({ role: 'developer', content: message.text })
    else if (message.role === 'user') {
      items.push({ role: 'user', content: message.content.map((part) => userPart(part, cacheMarks)) })
    } else if (message.role === 'assistant') assistantItems(message, provider, items, warnings)
    else for (const result of message.content) items.push(toolOutput(result, items))
  }
  return items
}

function userPart(part: ModelUserPart, cacheMarks: boolean): JsonObject {
  const mark: JsonObject =
    cacheMarks && part.cache
      ? { prompt_cache_breakpoint: { mode: 'explicit', ...(part.cache === 'long' && { ttl: '12h' }) } }
      : {}
  return { ...(part.type === 'text' ? { type: 'input_text', text: part.text } : filePart(part)), ...mark }
}

/** Files that may stand in a prompt. */
export const files = /^(image\/(png|jpeg|gif|webp)|(?!image|audio|video)[^ ]+) (https?:|$)/i

function filePart({ mediaType, raw = '', url, filename }: ModelFilePart): JsonObject {
  const data = `data:${mediaType};base64,${raw}`
  if (isImage(mediaType)) return { type: 'input_image', image_url: url ?? data }
  if (url !== undefined) return { type: 'input_file', file_url: url }
  const name = filename ?? (mediaType === 'application/pdf' ? 'file.pdf' : 'file')
  return { type: 'input_file', filename: name, file_data: data }
}

function assistantItems(
  { content }: ModelAssistantMessage,
  provider: string,
  items: JsonObject[],
  warnings: string[],
): void {
  for (const part of content) {
    if (part.type === 'opaque') {
      if (isObject(part.data)) items.push(part.data)
      continue
    }
    const own = part.providerData?.[provider]
    if (part.type === 'file') items.push({ ...objectOf(own?.['item']), result: part.raw ?? '' })
    else if (part.type === 'text') {
      const { phase, annotations } = own ?? {}
      const content = [{ type: 'output_text', text: part.text, ...(annotations && { annotations }) }]
      if (part.text !== '') items.push({ role: 'assistant', content, ...(phase && { phase }) })
    } else if (part.type === 'reasoning') {
      // Without its encrypted form a thought is nothing to a server that stored none.
      const encrypted = stringOf(own?.['encryptedContent'])
      if (encrypted === undefined) {
        warnings.push('Thoughts were left out: they are asked for where `profile` has `reasoning: true`.')
        continue
      }
      const id: JsonObject = own?.['id'] === undefined ? {} : { id: own['id'] }
      items.push({ type: 'reasoning', ...id, summary: [...arrayOf(own?.['summary'])], encrypted_content: encrypted })
    } else if (part.type === 'tool-call') {
      const text = part.arguments === '' ? '{}' : part.arguments
      items.push({
        type: 'function_call',
        call_id: callId(part.toolCallId),
        name: wireName(part.name),
        arguments: text,
        ...(own?.['caller'] && { caller: own['caller'] }),
        ...(own?.['namespace'] && { namespace: own['namespace'] }),
      })
    }
  }
}

function toolOutput(result: ModelToolResultPart, items: readonly JsonObject[]): JsonObject {
  const text = resultText(result)
  const made = resultFiles(result).map(filePart)
  const output: JsonValue = made.length === 0 ? text : [{ type: 'input_text', text }, ...made]
  const id = callId(result.toolCallId)
  // Whoever made the call gets the result.
  const caller = items.findLast((item) => item['call_id'] === id)?.['caller']
  return { type: 'function_call_output', call_id: id, output, ...(caller && { caller }) }
}

function callId(id: string): string {
  return id.length <= longestId ? id : `call_${hash(id)}${hash(`${id}.`)}`
}
