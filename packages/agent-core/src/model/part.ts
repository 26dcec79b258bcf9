import type { JsonObject, JsonValue } from './json'

interface PartFields {
  /** Media type such as `image/png`. */
  mediaType?: string
  /** File name shown to people. */
  filename?: string
  /** Anything else about this part, keyed by extension URI or own names. */
  metadata?: JsonObject
}

/** A part that carries plain text. */
export interface TextPart extends PartFields {
  text: string
  raw?: never
  url?: never
  data?: never
}

/** A part that carries bytes as standard base64 (so that it is stored and sent without being encoded again). */
export interface RawPart extends PartFields {
  raw: string
  text?: never
  url?: never
  data?: never
}

/** A part that points to content elsewhere. */
export interface UrlPart extends PartFields {
  url: string
  text?: never
  raw?: never
  data?: never
}

/** A part that carries any JSON value, `null` included: test with `'data' in part`. */
export interface DataPart extends PartFields {
  data: JsonValue
  text?: never
  raw?: never
  url?: never
}

/**
 * One piece of content. Exactly one of `text`, `raw`, `url`, `data` is present and tells the kind
 * (A2A 1.0, Part).
 *
 * @example
 * ```ts
 * const parts: Part[] = [{ text: 'Hello' }, { data: { total: 3 }, mediaType: 'application/json' }]
 * ```
 */
export type Part = TextPart | RawPart | UrlPart | DataPart

/** All text of a list of parts, joined without a separator; empty where there is none. */
export function textOf(parts: readonly Part[]): string {
  if (parts.length === 1) return parts[0]?.text ?? ''
  let text = ''
  for (const part of parts) if (part.text !== undefined) text += part.text
  return text
}

/** The first data part's value, or `undefined` where there is none. */
export function dataOf(parts: readonly Part[]): JsonValue | undefined {
  for (const part of parts) if ('data' in part && part.data !== undefined) return part.data
  return undefined
}
