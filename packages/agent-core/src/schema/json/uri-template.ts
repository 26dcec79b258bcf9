/** Whether each percent sign stands for a character (RFC 3986, section 2.1). */
export function isEncoded(text: string): boolean {
  return !/%(?![\da-f]{2})/i.test(text)
}

const literal = '[^\\0- \\x7f"<>\\\\^`{|}]+'
const start = '\\{[+#./;?&=,!@|]?[\\w%]+'
const more = '(?:\\.[\\w%]+|(?::[1-9]\\d{0,3}|\\*)?,[\\w%]+)'
const end = '(?::[1-9]\\d{0,3}|\\*)?\\}'

// Engines keep a way back for each round: there are no more than some hundred, and then it goes on from where they led.
const pieces = new RegExp(`(?:${literal}|${start}${more}{0,20}${end}){1,100}`, 'y')
const longStart = new RegExp(start, 'y')
const longMore = new RegExp(`${more}{1,500}`, 'y')
const longEnd = new RegExp(end, 'y')

/** RFC 6570: what stands for itself, and lists of names in braces. */
export function isUriTemplate(text: string): boolean {
  if (!isEncoded(text)) return false
  let at = 0
  while (at < text.length) {
    let next = after(pieces, text, at)
    if (next === undefined) {
      // Nothing is wrong yet: an expression may have more names than a piece.
      next = after(longStart, text, at)
      for (let found = next; found !== undefined; found = after(longMore, text, found)) next = found
      if (next !== undefined) next = after(longEnd, text, next)
    }
    if (next === undefined) return false
    at = next
  }
  return true
}

/** Where a text goes on behind what is found at a place. */
function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}
