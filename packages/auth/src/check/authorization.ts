import { isCredential, maxCredentialLength } from './credential-check'

/** What stands behind the name of a scheme in `Authorization`. */
export type AuthorizationValue =
  | { state: 'absent' }
  /** A header of this scheme that is none: empty, too long, more than one, or with characters that it may not have. */
  | { state: 'malformed'; reason: string }
  | { state: 'present'; value: string }

const absent: AuthorizationValue = Object.freeze({ state: 'absent' })

/** Reads `Authorization: <scheme> <value>` (RFC 9110, 11.4). Headers that came twice are joined by a comma, and refused. */
export function authorizationValue(request: Request, scheme: string): AuthorizationValue {
  const header = request.headers.get('authorization')
  if (header === null || header.slice(0, scheme.length).toLowerCase() !== scheme) return absent
  if (header.length === scheme.length) return { state: 'malformed', reason: 'empty' }
  if (header[scheme.length] !== ' ') return absent
  if (header.length > maxCredentialLength + scheme.length + 16) return { state: 'malformed', reason: 'too long' }
  const value = header.slice(scheme.length).trim()
  if (value.includes(',')) return { state: 'malformed', reason: 'more than one' }
  return isCredential(value)
    ? { state: 'present', value }
    : { state: 'malformed', reason: value === '' ? 'empty' : 'characters' }
}
