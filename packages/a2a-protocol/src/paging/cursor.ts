import type { JsonValue } from '@pf-agents/agent-core'
import { A2AError } from '../error/a2a-error'

/**
 * Makes an opaque page token of a key: what the last item of a page was sorted by, so that the next page begins after it
 * whatever has changed in between (§3.1.4).
 */
export function encodeCursor(key: JsonValue): string {
  const bytes = new TextEncoder().encode(JSON.stringify(key))
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')
}

/**
 * Reads a page token back. Whoever uses the key checks its shape: tokens come from callers.
 *
 * @throws A2AError `InvalidParamsError` for what is no page token
 */
export function decodeCursor(token: string): JsonValue {
  try {
    const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue
  } catch (cause) {
    throw new A2AError('InvalidParamsError', {
      violations: [{ field: 'pageToken', description: 'is not a page token' }],
      cause,
    })
  }
}
