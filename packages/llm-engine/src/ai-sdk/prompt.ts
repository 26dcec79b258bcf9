import {
  type CacheMark,
  type JsonObject,
  type ModelAssistantPart,
  type ModelFilePart,
  type ModelMessage,
  type ModelToolResultPart,
  type ProviderData,
  PfError,
} from '@pf-agents/agent-core'
import { resultFiles, resultText } from '../tool/result-content'
import { wireName } from '../tool/tool-names'
import type { AiSdkLanguageModel } from './ai-sdk-types'

/** What the prompt is made for. */
export interface PromptTarget {
  /** Key of the provider data. */
  provider: string
  modelId: string
  version: AiSdkLanguageModel['specificationVersion']
  /** Whether the model loads this address itself. */
  loads(mediaType: string, url: string): boolean
}

type AiSdkFields = Record<string, unknown>

/** The messages as the AI SDK has them: nothing is among them but what this model may be given. */
export function aiSdkPrompt(messages: readonly ModelMessage[], target: PromptTarget): AiSdkFields[] {
  return messages.map((message) => {
    if (message.role === 'system') return { role: 'system', content: message.text, ...cached(message.cache) }
    const { role } = message
    if (role === 'user') {
      const content = message.content.map((part) =>
        part.type === 'text' ? { type: 'text', text: part.text, ...cached(part.cache) } : filePart(part, target),
      )
      return { role, content }
    }
    if (role === 'tool') return { role, content: message.content.map((result) => resultPart(result, target)) }
    return { role, content: message.content.map((part) => assistantPart(part, target)) }
  })
}

function assistantPart(part: ModelAssistantPart, target: PromptTarget): AiSdkFields {
  if (part.type === 'opaque') return part.data as JsonObject
  const options = metadataOf(part.providerData, target.provider)
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...cached(part.cache, options) }
    case 'reasoning':
      return { type: 'reasoning', text: part.text, ...options }
    case 'tool-call':
      return {
        type: 'tool-call',
        toolCallId: part.toolCallId,
        toolName: wireName(part.name),
        input: inputOf(part.arguments),
        ...options,
      }
    default:
      return { ...filePart(part, target), ...cached(part.cache, options) }
  }
}

function inputOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return { invalid_json: text }
  }
}

function filePart(part: ModelFilePart, target: PromptTarget): AiSdkFields {
  const { mediaType, filename } = part
  const named = { mediaType, ...(filename !== undefined && { filename }), ...cached(part.cache) }
  return { type: 'file', data: fileData(part, target), ...named }
}

function fileData({ mediaType, raw, url }: ModelFilePart, { version, loads }: PromptTarget): unknown {
  if (url === undefined) return version === 'v4' ? { type: 'data', data: raw ?? '' } : (raw ?? '')
  // The AI SDK itself would load it first; a bridge that loads whatever address stands in a prompt would be a hole.
  if (!loads(mediaType, url)) {
    throw new PfError(
      'PF_MODEL_REQUEST_INVALID',
      `The model does not load ${mediaType} from such an address itself. Give the file as bytes (raw) instead.`,
    )
  }
  return version === 'v4' ? { type: 'url', url: new URL(url) } : new URL(url)
}

function resultPart(result: ModelToolResultPart, target: PromptTarget): AiSdkFields {
  return {
    type: 'tool-result',
    toolCallId: result.toolCallId,
    toolName: wireName(result.name),
    output: output(result, target),
    ...cached(result.cache, metadataOf(result.providerData, target.provider)),
  }
}

function output(result: ModelToolResultPart, target: PromptTarget): AiSdkFields {
  if (result.isError === true) return { type: 'error-text', value: resultText(result) }
  const files = resultFiles(result)
  const [only] = result.parts
  if (files.length === 0) {
    return result.parts.length === 1 && only?.data !== undefined
      ? { type: 'json', value: only.data }
      : { type: 'text', value: resultText(result) }
  }
  const value = [{ type: 'text', text: resultText(result) }, ...files.map((file) => resultFile(file, target))]
  return { type: 'content', value }
}

function resultFile(file: ModelFilePart, target: PromptTarget): AiSdkFields {
  const { mediaType, raw = '', url } = file
  if (target.version === 'v4') return filePart(file, target)
  if (url !== undefined) return target.version === 'v3' ? { type: 'file-url', url } : { type: 'text', text: url }
  return { type: target.version === 'v3' ? 'file-data' : 'media', data: raw, mediaType }
}

/** What came as metadata goes back as options, unchanged. */
function metadataOf(data: ProviderData | undefined, provider: string): { providerOptions: JsonObject } | undefined {
  const metadata = data?.[provider]?.['metadata'] as JsonObject | undefined
  return metadata && { providerOptions: metadata }
}

/** Of the providers that cache on demand, the one whose word for it is settled. Others never read it. */
function cached(cache: CacheMark | undefined, options?: { providerOptions: JsonObject }): AiSdkFields {
  if (!cache) return { ...options }
  const cacheControl = { type: 'ephemeral', ...(cache === 'long' && { ttl: '1h' }) }
  const own = options?.providerOptions
  return { providerOptions: { ...own, anthropic: { ...(own?.['anthropic'] as JsonObject | undefined), cacheControl } } }
}
