import type { Part } from '@pf-agents/agent-core'

/** Media type of HTTP+JSON bodies and push notifications (§14.1.1). */
export const A2A_JSON = 'application/a2a+json'

/** Media type of JSON-RPC bodies (§9.1). */
export const JSON_TYPE = 'application/json'

/** Media type of streams (§9.4.2, §11.7). */
export const EVENT_STREAM = 'text/event-stream'

/** A media type without its parameters, in lower case: `text/plain` of `Text/Plain; charset=utf-8`. */
export function mediaTypeEssence(text: string | null | undefined): string {
  return (text ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

/** Whether a Content-Type is one that JSON-RPC takes. */
export function isJsonContentType(header: string | null | undefined): boolean {
  return mediaTypeEssence(header) === JSON_TYPE
}

/** Whether a Content-Type is one that HTTP+JSON takes: its own or plain JSON (§11.1). */
export function isRestContentType(header: string | null | undefined): boolean {
  const essence = mediaTypeEssence(header)
  return essence === A2A_JSON || essence === JSON_TYPE
}

/** Whether a list of modes such as `text/plain`, `image/*`, `*`/`*` takes a media type. Parameters are not compared. */
export function acceptsMediaType(modes: readonly string[], type: string): boolean {
  const essence = mediaTypeEssence(type)
  return modes.some((mode) => {
    const accepted = mediaTypeEssence(mode)
    return (
      accepted === essence ||
      accepted === '*/*' ||
      (accepted.endsWith('/*') && essence.startsWith(accepted.slice(0, -1)))
    )
  })
}

/** The media type a part is judged by: its own, else what its kind implies; `undefined` for bytes and links that name none. */
export function mediaTypeOfPart(part: Part): string | undefined {
  return (
    part.mediaType ??
    (part.text !== undefined ? 'text/plain' : 'data' in part && part.data !== undefined ? JSON_TYPE : undefined)
  )
}

/** Index of the first part that no input mode takes, or -1 (§3.3.2, ContentTypeNotSupportedError). */
export function unsupportedPart(parts: readonly Part[], modes: readonly string[]): number {
  return parts.findIndex((part) => {
    const type = mediaTypeOfPart(part)
    return type !== undefined && !acceptsMediaType(modes, type)
  })
}
