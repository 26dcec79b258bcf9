import type {
  JsonObject,
  JsonValue,
  ModelAssistantMessage,
  ModelMessage,
  ModelToolResultPart,
  ModelUserPart,
} from '@pf-agents/agent-core'
import { resultFiles, resultText } from '../tool/result-content'
import { wireName } from '../tool/tool-names'
import { parseObject } from '../wire/json'

/** The parts of a request that the messages make. */
export interface GeminiPrompt {
  system: JsonObject[]
  contents: { role: 'user' | 'model'; parts: JsonObject[] }[]
}

/** The messages as Gemini has them: standing orders apart, users and models in turn. */
export function geminiPrompt(messages: readonly ModelMessage[]): GeminiPrompt {
  const prompt: GeminiPrompt = { system: [], contents: [] }
  /** Ids that Gemini itself gave: only those go back. */
  const given = new Map<string, string>()
  const add = (role: 'user' | 'model', parts: JsonObject[]) => {
    if (parts.length === 0) return
    const last = prompt.contents.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else prompt.contents.push({ role, parts })
  }
  for (const message of messages) {
    if (message.role === 'system') {
      if (prompt.contents.length === 0) prompt.system.push({ text: message.text })
      else add('user', [{ text: `<system>\n${message.text}\n</system>` }])
    } else if (message.role === 'user') add('user', message.content.map(userPart))
    else if (message.role === 'assistant') add('model', modelParts(message, given))
    else
      add(
        'user',
        message.content.flatMap((result) => resultParts(result, given)),
      )
  }
  return prompt
}

function userPart(part: ModelUserPart): JsonObject {
  if (part.type === 'text') return { text: part.text }
  const { mediaType: mimeType, raw, url } = part
  return url === undefined ? { inlineData: { mimeType, data: raw ?? '' } } : { fileData: { mimeType, fileUri: url } }
}

function modelParts({ content }: ModelAssistantMessage, given: Map<string, string>): JsonObject[] {
  const parts: JsonObject[] = []
  for (const part of content) {
    if (part.type === 'opaque') {
      parts.push(part.data as JsonObject)
      continue
    }
    const { id, thoughtSignature } = part.providerData?.['gemini'] ?? {}
    const signed = thoughtSignature && { thoughtSignature }
    if (part.type === 'text') {
      if (part.text !== '' || signed) parts.push({ text: part.text, ...signed })
    } else if (part.type === 'reasoning') {
      // Thoughts go back for their signature alone.
      if (signed) parts.push({ text: part.text, thought: true, ...signed })
    } else if (part.type === 'file') parts.push({ ...userPart(part), ...signed })
    else {
      if (typeof id === 'string') given.set(part.toolCallId, id)
      const args = parseObject(part.arguments) ?? (part.arguments.trim() === '' ? {} : { invalid_json: part.arguments })
      parts.push({ functionCall: { ...(id !== undefined && { id }), name: wireName(part.name), args }, ...signed })
    }
  }
  return parts
}

/** Files that may stand in a prompt. Addresses of Google's own storage may, too. */
export const files = /^(image\/(png|jpeg|webp|heic|heif)|(audio|video)\/.+|application\/pdf) (https?:|gs:|$)/i

function resultParts(result: ModelToolResultPart, given: Map<string, string>): JsonObject[] {
  const [only] = result.parts
  const output: JsonValue =
    result.parts.length === 1 && only !== undefined && 'data' in only && only.data !== undefined
      ? only.data
      : resultText(result)
  const id = given.get(result.toolCallId)
  return [
    {
      functionResponse: {
        ...(id !== undefined && { id }),
        name: wireName(result.name),
        response: result.isError === true ? { error: output } : { output },
      },
    },
    ...resultFiles(result).map(userPart),
  ]
}
