import type { RecordedBytes } from './cassette'

/** Bytes in the form that can be read, if they have one. */
export function recordBytes(bytes: Uint8Array): RecordedBytes {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return { base64: btoa(binary) }
  }
}

/** The bytes again. */
export function playBytes(recorded: RecordedBytes): Uint8Array<ArrayBuffer> {
  if ('text' in recorded) return new TextEncoder().encode(recorded.text)
  const binary = atob(recorded.base64)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** One piece of several. */
export function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
