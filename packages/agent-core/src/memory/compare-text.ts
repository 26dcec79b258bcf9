/**
 * Orders text by code points, which is the order of its UTF-8 bytes: the one order that every database has.
 * JavaScript's own `<` orders by UTF-16 units and differs where surrogates meet U+E000 to U+FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    if (left >= 0xd800 && right >= 0xd800) {
      const isLeftSurrogate = left <= 0xdfff
      if (isLeftSurrogate !== right <= 0xdfff) return isLeftSurrogate ? 1 : -1
    }
    return left < right ? -1 : 1
  }
  return a.length - b.length
}
