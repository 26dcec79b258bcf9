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

/** Events that are mostly one or two texts: their names, in the order in which they are written. */
const texts: Readonly<Record<string, readonly [string, string?]>> = {
  TEXT_MESSAGE_START: ['messageId', 'role'],
  TEXT_MESSAGE_CONTENT: ['messageId', 'delta'],
  TEXT_MESSAGE_END: ['messageId'],
  TOOL_CALL_START: ['toolCallId', 'toolCallName'],
  TOOL_CALL_ARGS: ['toolCallId', 'delta'],
  TOOL_CALL_END: ['toolCallId'],
  REASONING_START: ['messageId'],
  REASONING_MESSAGE_START: ['messageId', 'role'],
  REASONING_MESSAGE_CONTENT: ['messageId', 'delta'],
  REASONING_MESSAGE_END: ['messageId'],
  REASONING_END: ['messageId'],
  STEP_STARTED: ['stepName'],
  STEP_FINISHED: ['stepName'],
}

/** How such an event begins. */
interface Head {
  readonly first: string
  readonly second: string | undefined
  readonly text: string
}

const heads: ReadonlyMap<string, Head> = new Map(
  Object.entries(texts).map(([type, [first, second]]) => [
    type,
    { first, second, text: `data: {"type":"${type}","${first}":"` },
  ]),
)

/**
 * Makes what writes the events of one run as records of server-sent events, as clients of AG-UI read them. Pieces that
 * follow one another differ in their text alone, and only that is written anew.
 *
 * @example
 * ```ts
 * const encode = createFrameEncoder()
 * for (const event of events) for (const legal of guard.push(event)) response.write(encode(legal))
 * ```
 */
export function createFrameEncoder(): (event: WireEvent) => string {
  let last: Head | undefined
  let lastId = ''
  let begun = ''
  return (event) => {
    const head = heads.get(event.type)
    if (head === undefined) return `data: ${JSON.stringify(event)}\n\n`
    const fields = event as unknown as Record<string, unknown>
    let count = 0
    for (const _ in fields) count++
    const id = fields[head.first]
    if (typeof id !== 'string' || count !== (head.second === undefined ? 2 : 3))
      return `data: ${JSON.stringify(event)}\n\n`
    if (head.second === undefined) return isPlain(id) ? `${head.text}${id}"}\n\n` : `data: ${JSON.stringify(event)}\n\n`
    const value = fields[head.second]
    if (typeof value !== 'string') return `data: ${JSON.stringify(event)}\n\n`
    if (id !== lastId || head !== last) {
      last = head
      lastId = id
      begun = `${head.text.slice(0, -1)}${quote(id)},"${head.second}":"`
    }
    // Of few parts: each is one more that the engine has to put together in the end.
    return isPlain(value) ? `${begun}${value}"}\n\n` : `data: ${JSON.stringify(event)}\n\n`
  }
}
