/** A short name for a text that changes when the text does (FNV-1a, 64 bits in two halves). Not for security. */
export function contentHash(text: string): string {
  let low = 0x811c9dc5
  let high = 0x84222325
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code ^ (low >>> 24), 0x01000193)
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36)
}
