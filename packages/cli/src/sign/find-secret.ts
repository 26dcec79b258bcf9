/** Characters of base64 that no other bytes have by chance: 96 bits. */
const TRACE = 16

/**
 * Whether bytes have a secret in them: as it is, or as text in hex, base64 or base64url, inside a longer text too (a PEM
 * file, a JWK), with one byte or two per character, as engines keep text.
 *
 * @param secret - at least 32 bytes, of which zeros at its beginning do not count
 */
export function holdsSecret(bytes: Uint8Array, secret: Uint8Array): boolean {
  const place = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return tracesOf(secret).some((trace) => place.includes(trace))
}

function tracesOf(secret: Uint8Array): Buffer[] {
  const from = Math.max(
    0,
    secret.findIndex((byte) => byte !== 0),
  )
  const raw = Buffer.from(secret.subarray(from))
  const hex = raw.toString('hex')
  const texts = new Set<string>()
  for (const digits of [hex, hex.toUpperCase()]) for (const text of pieces(digits, 2 * TRACE)) texts.add(text)
  // Three bytes become four characters: what stands before the secret decides how it is cut.
  for (const cut of [0, 1, 2]) {
    const whole = raw.subarray(cut, cut + Math.floor((raw.length - cut) / 3) * 3)
    for (const encoding of ['base64', 'base64url'] as const)
      for (const text of pieces(whole.toString(encoding), TRACE)) texts.add(text)
  }
  return [raw, ...[...texts].flatMap((text) => [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')])]
}

/** Two pieces side by side: the end of a line cuts one of them at most. */
const pieces = (text: string, length: number): string[] => [text.slice(0, length), text.slice(length, 2 * length)]
