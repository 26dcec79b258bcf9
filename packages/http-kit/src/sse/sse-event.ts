import { PfError } from '@pf-agents/agent-core'

/** One server-sent event. */
export interface SseEvent {
  /** The payload; may have several lines. */
  data: string
  /** Event name; readers take `message` where there is none. */
  event?: string | undefined
  /** What a reader sends back as Last-Event-ID. */
  id?: string | undefined
}

/** Headers of a response that streams events: not cached, and not held back by a reverse proxy. */
export const sseHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/**
 * One event as it goes over the wire (WHATWG HTML §9.2.5): data split at every kind of line end, a blank line behind.
 *
 * @throws PfError PF_CONFIG_INVALID where a name or id has a line end, or an id has a NUL: it could forge an event
 */
export function encodeSseEvent(event: SseEvent): string {
  let frame = ''
  if (event.event !== undefined) frame += `event: ${oneLine('event', event.event)}\n`
  if (event.id !== undefined) frame += `id: ${oneLine('id', event.id)}\n`
  // JSON, the usual payload, never has a raw line end.
  if (!/[\r\n]/.test(event.data)) return `${frame}data: ${event.data}\n\n`
  for (const line of event.data.split(/\r\n|\r|\n/)) frame += `data: ${line}\n`
  return `${frame}\n`
}

/** A comment: readers skip it, but it keeps proxies from closing a silent connection. */
export function encodeSseComment(text: string): string {
  return `: ${text.replace(/[\r\n]+/g, ' ')}\n\n`
}

function oneLine(field: 'event' | 'id', value: string): string {
  if (/[\r\n\0]/.test(value)) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The ${field} of a server-sent event has a line end or a NUL. Take it out.`,
      { details: { field } },
    )
  }
  return value
}
