import type { WireEvent } from '../wire/event'

/** How frames are written. */
export interface FrameTerms {
  /** Where a client stands that has all of these events. */
  cursor?: string | undefined
  /** Characters one frame may have. */
  limit: number
  /** An event was left out: it is too large, or no JSON. */
  onDropped(type: string, why: string): void
  /** The client would be told something wrong without the event: gives what ends the run. */
  onFatal(error: { message: string; code: string }): WireEvent[]
}

/** Types whose text can be told in several pieces. */
const divisible: ReadonlySet<string> = new Set(['TEXT_MESSAGE_CONTENT', 'TOOL_CALL_ARGS', 'REASONING_MESSAGE_CONTENT'])
/** Types without which the client would have another state or history than the server. */
const needed: ReadonlySet<string> = new Set(['STATE_SNAPSHOT', 'STATE_DELTA', 'MESSAGES_SNAPSHOT'])

/** The frames of some events: one line of JSON each, the cursor on the last. */
export function writeFrames(events: readonly WireEvent[], terms: FrameTerms): string {
  const { cursor, limit, onDropped, onFatal } = terms
  let text = ''
  for (let at = 0; at < events.length; at++) {
    const event = events[at] as WireEvent
    const json = jsonOf(event)
    const isLast = at === events.length - 1
    const id = isLast && cursor !== undefined ? `id: ${cursor}\n` : ''
    if (json !== undefined && json.length <= limit) text += `${id}data: ${json}\n\n`
    else if (json !== undefined && divisible.has(event.type))
      text += divide(event as WireEvent & { delta: string }, limit, id)
    else if (json !== undefined && event.type === 'TOOL_CALL_RESULT') {
      onDropped(event.type, 'too large')
      text += `${id}data: ${JSON.stringify({ ...event, content: 'The result is too large to be shown.' })}\n\n`
    } else {
      const why = json === undefined ? 'not JSON' : 'too large'
      onDropped(event.type, why)
      if (event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR' || needed.has(event.type)) {
        const end = onFatal({ code: 'event_too_large', message: 'The run made an event that can not be sent.' })
        const [last = { type: 'RUN_ERROR', code: 'event_too_large', message: 'The end of the run can not be sent.' }] =
          end
        return `${text}${id}data: ${JSON.stringify(last)}\n\n`
      }
    }
  }
  return text
}

function jsonOf(event: WireEvent): string | undefined {
  try {
    return JSON.stringify(event)
  } catch {
    return undefined
  }
}

function divide(event: WireEvent & { delta: string }, limit: number, id: string): string {
  // In JSON a character has six at most; the rest of the frame has its place, too.
  const step = Math.max(1, Math.floor((limit - JSON.stringify({ ...event, delta: '' }).length) / 6))
  let text = ''
  for (let from = 0; from < event.delta.length;) {
    let to = Math.min(from + step, event.delta.length)
    // Never between the two halves of a character.
    if (to < event.delta.length && to - from > 1 && isHighSurrogate(event.delta.charCodeAt(to - 1))) to--
    const isLast = to === event.delta.length
    text += `${isLast ? id : ''}data: ${JSON.stringify({ ...event, delta: event.delta.slice(from, to) })}\n\n`
    from = to
  }
  return text
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
