import type { JsonValue, Part } from '@pf-agents/agent-core'
import { isObject } from '../wire/json'

/** What came of a call. */
export interface CallResult {
  parts: Part[]
  isError?: true
}

/**
 * What a tool gave, as parts: text, data, or the parts it made. Whatever it says, it is content: nothing in it can
 * approve, end or redirect a run.
 */
export function resultOf(value: unknown): CallResult {
  if (value === undefined) return { parts: [] }
  if (typeof value === 'string') return { parts: [{ text: value }] }
  if (!hasParts(value)) {
    const data = jsonOf(value)
    return { parts: data === undefined ? [] : [{ data }] }
  }
  return { parts: value.parts.map(plainPart), ...(value.isError === true && { isError: true }) }
}

/** What a part says, and nothing else that hangs on it. */
function plainPart({ text, raw, url, data, mediaType, filename, metadata }: Part): Part {
  const told = isObject(metadata) ? jsonOf(metadata) : undefined
  return {
    ...(text !== undefined
      ? { text }
      : raw !== undefined
        ? { raw }
        : url !== undefined
          ? { url }
          : { data: jsonOf(data) ?? null }),
    ...(typeof mediaType === 'string' && { mediaType }),
    ...(typeof filename === 'string' && { filename }),
    ...(isObject(told) && { metadata: told }),
  } as Part
}

/** What JSON makes of a value: dates are text, what has no JSON is gone. @throws TypeError where it can't be told at all */
export function jsonOf(value: unknown): JsonValue | undefined {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) return undefined
  return typeof value === 'string' ? value : (JSON.parse(text) as JsonValue)
}

/** The result with no more than so many characters of text, data and files. */
export function bounded(result: CallResult, most: number): CallResult {
  let left = most
  let isCut = false
  const parts = result.parts.map((part): Part => {
    const text = part.text ?? part.raw ?? part.url ?? JSON.stringify(part.data)
    left -= text.length
    if (left >= 0) return part
    isCut = true
    const kept = part.raw === undefined ? text.slice(0, Math.max(0, text.length + left)) : ''
    left = 0
    return { text: `${kept}… (cut off: ${text.length} characters)` }
  })
  return isCut ? { ...result, parts } : result
}

/** A result that says what went wrong, for the model to do better. */
export function failure(text: string): CallResult {
  return { parts: [{ text: text.length > maxLength ? `${text.slice(0, maxLength)}…` : text }], isError: true }
}

const maxLength = 4000

function hasParts(value: unknown): value is { parts: Part[]; isError?: unknown } {
  if (typeof value !== 'object' || value === null || !('parts' in value) || !Array.isArray(value.parts)) return false
  return Object.keys(value).every((key) => key === 'parts' || key === 'isError') && value.parts.every(isPart)
}

function isPart(value: unknown): value is Part {
  if (typeof value !== 'object' || value === null) return false
  const part = value as Record<string, unknown>
  const kinds = ['text', 'raw', 'url', 'data'].filter((kind) => part[kind] !== undefined)
  return kinds.length === 1 && (kinds[0] === 'data' || typeof part[kinds[0] as string] === 'string')
}
