import type { ContentPart } from '@ag-ui/core'
import type { JsonObject, Part } from '@pf-agents/agent-core'

/** The kind of a content part for a media type. */
export function mediaKind(mediaType: string | undefined): 'image' | 'audio' | 'video' | 'document' {
  const [kind] = (mediaType ?? '').split('/')
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}

/** Parts as the content of a tool message: one text where there is nothing but text and data. */
export function contentOf(parts: readonly Part[]): string | ContentPart[] {
  const isPlain = parts.every((part) => part.raw === undefined && part.url === undefined)
  if (isPlain && parts.length === 1) return textOfPart(parts[0] as Part)
  if (isPlain) return parts.map(textOfPart).join('\n')
  return parts.map(contentPart)
}

/** One part among others; data is told as text. */
export function contentPart(part: Part): ContentPart {
  const { raw, url, mediaType } = part
  if (raw !== undefined)
    return {
      type: mediaKind(mediaType),
      source: { type: 'data', value: raw, mimeType: mediaType ?? 'application/octet-stream' },
    }
  if (url !== undefined)
    return {
      type: mediaKind(mediaType),
      source: { type: 'url', value: url, ...(mediaType !== undefined && { mimeType: mediaType }) },
    }
  return { type: 'text', text: textOfPart(part) }
}

function textOfPart(part: Part): string {
  return part.text ?? ('data' in part ? JSON.stringify(part.data) : '')
}

/** A part as an activity shows it: as A2A writes it. */
export function partJson(part: Part): JsonObject {
  return { ...part } as JsonObject
}
