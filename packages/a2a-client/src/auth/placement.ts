import type { SecurityScheme } from '@pf-agents/a2a-protocol'
import { checkHeader, isHeaderName } from '@pf-agents/http-kit'
import type { Credential } from './credential'

/** Where credentials go in a request. */
export interface Placement {
  headers: Record<string, string>
  query: Record<string, string>
}

/** Headers that say how a message is read or sent: no card can have a credential put there. */
const reserved = /^(?:a2a-.*|accept|connection|content-.*|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade)$/

/** RFC 6265: what a cookie's value may be made of. */
const cookieValue = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/

/**
 * Puts a credential where its scheme wants it; false where it does not fit the scheme, or the place is taken.
 *
 * @throws PfError PF_REQUEST_INVALID where the credential has a line end or the like (it is not repeated)
 */
export function place(scheme: SecurityScheme, credential: Credential, into: Placement): boolean {
  if ('mtlsSecurityScheme' in scheme) return 'connection' in credential
  if ('apiKeySecurityScheme' in scheme) {
    const { location, name } = scheme.apiKeySecurityScheme
    return 'key' in credential && placeKey(location, name, credential.key, into)
  }
  const value = authorization(scheme, credential)
  return value !== undefined && setHeader('authorization', value, into)
}

function authorization(scheme: SecurityScheme, credential: Credential): string | undefined {
  const http = 'httpAuthSecurityScheme' in scheme ? scheme.httpAuthSecurityScheme.scheme.toLowerCase() : 'bearer'
  if (http === 'bearer') return 'token' in credential ? `Bearer ${credential.token}` : undefined
  if (http !== 'basic' || !('user' in credential)) return undefined
  const bytes = new TextEncoder().encode(`${credential.user}:${credential.password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

function placeKey(location: string, name: string, key: string, into: Placement): boolean {
  if (location === 'query') {
    if (Object.hasOwn(into.query, name)) return false
    into.query[name] = key
    return true
  }
  if (!isHeaderName(name)) return false
  if (location === 'header') return !reserved.test(name.toLowerCase()) && setHeader(name.toLowerCase(), key, into)
  if (location !== 'cookie' || !cookieValue.test(key)) return false
  const { cookie } = into.headers
  into.headers['cookie'] = cookie === undefined ? `${name}=${key}` : `${cookie}; ${name}=${key}`
  return true
}

function setHeader(name: string, value: string, { headers }: Placement): boolean {
  checkHeader(name, value)
  if (Object.hasOwn(headers, name)) return false
  headers[name] = value
  return true
}
