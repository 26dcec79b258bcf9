import type { Scope } from '@pf-agents/agent-core'
import { sha256 } from '@noble/hashes/sha2.js'

/** Hosts allow at least 255 bytes a key: five segments of this length fit. */
const longest = 44

/**
 * Text of any kind as one segment of a key: letters, digits, `-` and `_` as they are, everything else as `~` and four
 * hexadecimal digits for each UTF-16 unit, so that no two texts share a segment. What gets too long is `=` and its digest.
 */
export function segment(text: string): string {
  if (/^[A-Za-z0-9_-]{1,44}$/.test(text)) return text
  const safe = escapeUnits(text, /[^A-Za-z0-9_-]/g)
  if (safe === '') return '~'
  return safe.length <= longest ? safe : `=${digest(safe).slice(0, 40)}`
}

/** The two segments of a scope. */
export function scopeSegments({ tenant, principalId }: Scope): string {
  return `${segment(tenant)}/${segment(principalId)}`
}

/** Every UTF-16 unit that matches as `~` and its four hexadecimal digits. */
export function escapeUnits(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** SHA-256 in hexadecimal. Of this package's own because WebCrypto's is asynchronous, and a commit must not wait. */
export function digest(text: string): string {
  return Array.from(sha256(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
