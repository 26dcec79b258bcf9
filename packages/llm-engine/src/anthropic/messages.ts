import type {
  CacheMark,
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
import { parseObject, stringOf } from '../wire/json'
import { callFields } from './call-fields'

/** The parts of a request that the messages make. */
export interface AnthropicPrompt {
  system: JsonObject[]
  messages: { role: 'user' | 'assistant'; content: JsonObject[] }[]
}

/**
 * The messages as Anthropic has them: standing orders apart, users and assistants in turn, results in front of what the
 * user says next to them, no empty text.
 */
export function anthropicPrompt(messages: readonly ModelMessage[]): AnthropicPrompt {
  const prompt: AnthropicPrompt = { system: [], messages: [] }
  const add = (role: 'user' | 'assistant', content: JsonObject[]) => {
    if (content.length === 0) return
    const last = prompt.messages.at(-1)
    if (last?.role === role) last.content.push(...content)
    else prompt.messages.push({ role, content })
  }
  for (const message of messages) {
    if (message.role === 'system') {
      if (message.text.trim() === '') continue
      const block: JsonObject = { type: 'text', text: message.text, ...cacheControl(message.cache) }
      if (prompt.messages.length === 0) prompt.system.push(block)
      // Not every model takes orders in the middle as messages of their own.
      else add('user', [{ ...block, text: `<system>\n${message.text}\n</system>` }])
    } else if (message.role === 'user') add('user', userBlocks(message.content))
    else if (message.role === 'assistant') add('assistant', assistantBlocks(message))
    else add('user', message.content.map(toolResult))
  }
  return prompt
}

/** A cache mark as a field of a block. */
export function cacheControl(cache: CacheMark | undefined): JsonObject {
  if (!cache) return {}
  return { cache_control: { type: 'ephemeral', ...(cache === 'long' && { ttl: '1h' }) } }
}

/** Type of blocks of thoughts that nobody can read. */
export const hiddenThought = 'redacted_thinking'

/**
 * Whether the turn under way does not begin with a thought, such as one that another model began: then the model refuses
 * to think on a budget. It thinks once in a turn, as a rule, so that the first block of all answers tells.
 */
export function isUnthought(messages: AnthropicPrompt['messages']): boolean {
  let first: JsonValue | undefined
  for (const { role, content } of messages.toReversed()) {
    // A summary of what was before is in front of all.
    const type = content.find((block) => block['type'] !== 'compaction')?.['type']
    if (role === 'assistant') first = type
    else if (type !== 'tool_result') break
  }
  return first !== undefined && first !== 'thinking' && first !== hiddenThought
}

function userBlocks(content: readonly ModelUserPart[]): JsonObject[] {
  const blocks: JsonObject[] = []
  for (const part of content) {
    if (part.type === 'file') blocks.push({ ...fileBlock(part), ...cacheControl(part.cache) })
    else if (part.text.trim() !== '') blocks.push({ type: 'text', text: part.text, ...cacheControl(part.cache) })
  }
  return blocks
}

/** Files that there is a block for. */
export const files = /^(image\/(png|jpeg|gif|webp)|application\/pdf) (https?:|$)/i

function fileBlock({ mediaType, raw, url, filename }: ModelFilePart): JsonObject {
  const source = url === undefined ? { type: 'base64', media_type: mediaType, data: raw ?? '' } : { type: 'url', url }
  if (isImage(mediaType)) return { type: 'image', source }
  return { type: 'document', source, ...(filename !== undefined && { title: filename }) }
}

function assistantBlocks({ content }: ModelAssistantMessage): JsonObject[] {
  const blocks: JsonObject[] = []
  for (const part of content) {
    if (part.type === 'opaque') {
      const data = part.data as JsonObject
      if (data['type'] !== hiddenThought || part.model) blocks.push(data)
      continue
    }
    const own = part.providerData?.['anthropic']
    if (part.type === 'text') {
      const { text } = part
      if (text.trim() !== '')
        blocks.push({ type: 'text', text, ...(own?.['citations'] && { citations: own['citations'] }) })
    } else if (part.type === 'reasoning') {
      // Thoughts without a signature are somebody else's; they may not go back as anything. Of those that do not say
      // whose they are (older versions stored them so) nobody knows: without them the answer goes on, with those of
      // another model it never does.
      const signature = own?.['model'] && stringOf(own['signature'])
      if (signature) blocks.push({ type: 'thinking', thinking: part.text, signature })
    } else if (part.type === 'tool-call') {
      const input = parseObject(part.arguments === '' ? '{}' : part.arguments) ?? { invalid_json: part.arguments }
      blocks.push({
        type: 'tool_use',
        id: toolId(part.toolCallId),
        name: wireName(part.name),
        input,
        ...callFields(own),
      })
    }
  }
  return blocks
}

function toolResult(result: ModelToolResultPart): JsonObject {
  const text = resultText(result)
  const made = resultFiles(result).map(fileBlock)
  const content: JsonValue = made.length === 0 ? text : [{ type: 'text', text }, ...made]
  return {
    type: 'tool_result',
    tool_use_id: toolId(result.toolCallId),
    content,
    ...(result.isError === true && { is_error: true }),
    ...cacheControl(result.cache),
  }
}

/** Ids of other providers may have letters that Anthropic does not take. */
function toolId(id: string): string {
  return /^[A-Za-z0-9_-]+$/.test(id) ? id : `toolu_${hash(id)}${hash(`${id}.`)}`
}
