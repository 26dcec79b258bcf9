import type { WireEvent } from './event'

/** Longer texts are quoted faster by the engine, which looks at several characters at once. */
const shortText = 64

/** Whether a text stands between quotes as it is. */
function isPlain(text: string): boolean {
  if (text.length > shortText) return false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    // What has to be escaped, or may be half a character.
    if (code < 32 || code === 34 || code === 92 || code >= 0xd800) return false
  }
  return true
}

/** A text as JSON. */
export function quote(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text)
}

const plainFrame = (event: WireEvent): string => `data: ${JSON.stringify(event)}\n\n`

/** Whether an event has so many fields. */
function hasFields(event: object, wanted: number): boolean {
  let count = 0
  for (const _ in event) count++
  return count === wanted
}

/** The frame of an event that is one text and nothing else. */
function frameOfOne(event: WireEvent, head: string, value: unknown): string {
  return typeof value === 'string' && isPlain(value) && hasFields(event, 2)
    ? `${head}${value}"}\n\n`
    : plainFrame(event)
}

/**
 * Makes what writes the events of one run as records of server-sent events, as clients of AG-UI read them. Most are one or
 * two texts, and pieces that follow one another differ in one of them alone: only that is written anew.
 *
 * @example
 * ```ts
 * const encode = createFrameEncoder()
 * for (const event of events) for (const legal of guard.push(event)) response.write(encode(legal))
 * ```
 */
export function createFrameEncoder(): (event: WireEvent) => string {
  let lastHead = ''
  let lastId = ''
  let begun = ''
  const frameOfTwo = (event: WireEvent, head: string, id: unknown, middle: string, value: unknown): string => {
    if (typeof id !== 'string' || typeof value !== 'string' || !hasFields(event, 3)) return plainFrame(event)
    if (id !== lastId || head !== lastHead) {
      if (!isPlain(id)) return plainFrame(event)
      lastHead = head
      lastId = id
      begun = `${head}${id}${middle}`
    }
    // Of few parts: each is one more that the engine has to put together in the end.
    return isPlain(value) ? `${begun}${value}"}\n\n` : `${begun}${JSON.stringify(value).slice(1)}}\n\n`
  }
  // What stands here whole is looked up, and put together, faster than what is in a table.
  return (event) => {
    switch (event.type) {
      case 'TEXT_MESSAGE_START':
        return frameOfTwo(
          event,
          'data: {"type":"TEXT_MESSAGE_START","messageId":"',
          event.messageId,
          '","role":"',
          event.role,
        )
      case 'TEXT_MESSAGE_CONTENT':
        return frameOfTwo(
          event,
          'data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"',
          event.messageId,
          '","delta":"',
          event.delta,
        )
      case 'REASONING_MESSAGE_START':
        return frameOfTwo(
          event,
          'data: {"type":"REASONING_MESSAGE_START","messageId":"',
          event.messageId,
          '","role":"',
          event.role,
        )
      case 'REASONING_MESSAGE_CONTENT':
        return frameOfTwo(
          event,
          'data: {"type":"REASONING_MESSAGE_CONTENT","messageId":"',
          event.messageId,
          '","delta":"',
          event.delta,
        )
      case 'TOOL_CALL_START':
        return frameOfTwo(
          event,
          'data: {"type":"TOOL_CALL_START","toolCallId":"',
          event.toolCallId,
          '","toolCallName":"',
          event.toolCallName,
        )
      case 'TOOL_CALL_ARGS':
        return frameOfTwo(
          event,
          'data: {"type":"TOOL_CALL_ARGS","toolCallId":"',
          event.toolCallId,
          '","delta":"',
          event.delta,
        )
      case 'TEXT_MESSAGE_END':
        return frameOfOne(event, 'data: {"type":"TEXT_MESSAGE_END","messageId":"', event.messageId)
      case 'REASONING_START':
        return frameOfOne(event, 'data: {"type":"REASONING_START","messageId":"', event.messageId)
      case 'REASONING_MESSAGE_END':
        return frameOfOne(event, 'data: {"type":"REASONING_MESSAGE_END","messageId":"', event.messageId)
      case 'REASONING_END':
        return frameOfOne(event, 'data: {"type":"REASONING_END","messageId":"', event.messageId)
      case 'TOOL_CALL_END':
        return frameOfOne(event, 'data: {"type":"TOOL_CALL_END","toolCallId":"', event.toolCallId)
      case 'STEP_STARTED':
        return frameOfOne(event, 'data: {"type":"STEP_STARTED","stepName":"', event.stepName)
      case 'STEP_FINISHED':
        return frameOfOne(event, 'data: {"type":"STEP_FINISHED","stepName":"', event.stepName)
      default:
        return plainFrame(event)
    }
  }
}
