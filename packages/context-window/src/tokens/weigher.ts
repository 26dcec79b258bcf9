import type {
  ModelAssistantPart,
  ModelFilePart,
  ModelMessage,
  ModelTool,
  ModelToolResultPart,
  ModelUserPart,
  Part,
} from '@pf-agents/agent-core'
import type { TokenCounter } from './token-counter'

/** Tokens that frame a message, a part of it, a call or its result, and a tool's definition, beside its text. */
const frame = { message: 4, call: 8, tool: 8 }

/** What a picture takes where nothing better is known: about what one of a million pixels takes. */
const imageTokens = 1_600
/** Bytes of a document, sound or film for each token. */
const bytesPerToken = 25
/** Data that a provider wants back (signatures, encrypted thoughts): characters for each token. */
const dataPerToken = 8

/** A file in a prompt: its media type, and its bytes as base64 or its address. */
export type WeighedFile = Pick<ModelFilePart, 'mediaType' | 'raw' | 'url'>

/** Weighs messages and tools. A message is weighed once, as long as it lives: a run hands in the same ones with every call. */
export interface Weigher {
  message(message: ModelMessage): number
  result(result: ModelToolResultPart): number
  tools(tools: readonly ModelTool[]): number
  text(text: string): number
}

/** Makes a weigher. @param fileTokens what a file takes; default a flat figure for pictures, by size for the rest. */
export function createWeigher(
  counter: TokenCounter,
  fileTokens: (file: WeighedFile) => number = usualFileTokens,
): Weigher {
  const weighed = new WeakMap<ModelMessage, number>()
  const definitions = new WeakMap<ModelTool, number>()
  const text = (value: string): number => (value === '' ? 0 : counter.count(value))
  const data = (value: unknown): number =>
    value === undefined ? 0 : Math.ceil(JSON.stringify(value).length / dataPerToken)

  function userPart(part: ModelUserPart): number {
    return part.type === 'text' ? text(part.text) : fileTokens(part)
  }

  function assistantPart(part: ModelAssistantPart): number {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return text(part.text) + data(part.providerData)
      case 'tool-call':
        return frame.call + text(part.name) + text(part.arguments) + data(part.providerData)
      case 'file':
        return fileTokens(part) + data(part.providerData)
      default:
        return data(part.data)
    }
  }

  function resultPart(part: Part): number {
    if (part.text !== undefined) return text(part.text)
    if ('data' in part && part.data !== undefined) return text(JSON.stringify(part.data))
    return fileTokens({ mediaType: part.mediaType ?? 'application/octet-stream', ...fileOf(part) })
  }

  function result({ parts }: ModelToolResultPart): number {
    return frame.call + sum(parts, resultPart)
  }

  function tool(one: ModelTool): number {
    const known = definitions.get(one)
    if (known !== undefined) return known
    const { name, description = '', parameters } = one
    const tokens = frame.tool + text(name) + text(description) + text(JSON.stringify(parameters))
    definitions.set(one, tokens)
    return tokens
  }

  function message(one: ModelMessage): number {
    if (one.role === 'system') return frame.message + text(one.text)
    if (one.role === 'user') return frame.message + sum(one.content, userPart)
    if (one.role === 'assistant') return frame.message + sum(one.content, assistantPart)
    return frame.message + sum(one.content, result)
  }

  return {
    text,
    result,
    tools: (tools) => sum(tools, tool),
    message(one) {
      let tokens = weighed.get(one)
      if (tokens === undefined) weighed.set(one, (tokens = message(one)))
      return tokens
    },
  }
}

function usualFileTokens({ mediaType, raw }: WeighedFile): number {
  if (mediaType.startsWith('image') || raw === undefined) return imageTokens
  return Math.max(500, Math.ceil((raw.length * 0.75) / bytesPerToken))
}

function fileOf(part: Part): Omit<WeighedFile, 'mediaType'> {
  return { ...(part.raw !== undefined && { raw: part.raw }), ...(part.url !== undefined && { url: part.url }) }
}

function sum<T>(all: readonly T[], weigh: (one: T) => number): number {
  let total = 0
  for (const one of all) total += weigh(one)
  return total
}
