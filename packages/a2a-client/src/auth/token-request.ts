import { type Clock, type JsonValue, PfError } from '@pf-agents/agent-core'
import { abortableFetch, parseJson, readBody, watchTimeouts } from '@pf-agents/http-kit'
import type { ClientCredentialsOptions } from './client-credentials'

/** A token and its end. */
export interface AccessToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

const maxBytes = 64 * 1024
/** Where the server does not say how long a token lives. */
const usualLifeSec = 300
const longestLifeSec = 86_400
/** What fits into a header as it is. */
const tokenText = /^[\x21-\x7e]{1,8192}$/

/** Asks for a token. @throws PfError PF_HTTP_FAILED, PF_HTTP_TIMEOUT, without a word of the secret */
export async function fetchToken(
  url: string,
  scopes: readonly string[],
  resource: string,
  options: ClientCredentialsOptions,
  clock: Clock,
): Promise<AccessToken> {
  const { clientId, clientSecret, method = 'basic', audience, timeoutMs = 10_000 } = options
  const secret = typeof clientSecret === 'string' ? clientSecret : await clientSecret()
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scopes.length > 0) form.set('scope', scopes.join(' '))
  if (audience !== undefined) form.set('audience', audience)
  if (options.resource) form.set('resource', resource)
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  if (method === 'basic') headers['authorization'] = `Basic ${btoa(`${formEncode(clientId)}:${formEncode(secret)}`)}`
  else {
    form.set('client_id', clientId)
    form.set('client_secret', secret)
  }
  const fetch = options.fetch ?? ((to: string, init?: RequestInit) => globalThis.fetch(to, init))
  const watch = watchTimeouts({ totalMs: timeoutMs }, { clock })
  try {
    const init = { method: 'POST', headers, body: form.toString(), redirect: 'manual' as const, signal: watch.signal }
    const response = await abortableFetch(fetch, url, init)
    const bytes = await readBody(response, maxBytes, { signal: watch.signal, code: 'PF_REMOTE_RESPONSE' })
    return readToken(response.status, bytes, clock.now())
  } catch (error) {
    // A limit that was reached, or an address that is not allowed, says so itself.
    if (PfError.is(error) && error.code !== 'PF_REMOTE_RESPONSE') throw error
    throw failed(url, error)
  } finally {
    watch.dispose()
  }
}

function readToken(status: number, bytes: Uint8Array, now: number): AccessToken {
  const json = jsonOf(bytes)
  const fields = typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {}
  const { access_token: token, token_type: type, expires_in: life, error } = fields
  if (status !== 200)
    throw new Error(`HTTP ${status}${typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? `, ${error}` : ''}`)
  if (typeof token !== 'string' || !tokenText.test(token)) throw new Error('the answer has no token')
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') throw new Error('the token is no bearer token')
  const seconds = Number(life ?? usualLifeSec)
  const isLife = Number.isFinite(seconds) && seconds > 0
  return { token, expiresAt: now + Math.min(isLife ? seconds : usualLifeSec, longestLifeSec) * 1000 }
}

function jsonOf(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(bytes, { code: 'PF_REMOTE_RESPONSE', maxDepth: 10 })
  } catch {
    return undefined
  }
}

function failed(url: string, cause: unknown): PfError {
  const { origin } = new URL(url)
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return new PfError('PF_HTTP_FAILED', `No token could be had from ${origin}${why}.`, {
    cause,
    details: { origin },
    retryable: false,
  })
}

/** RFC 6749, 2.3.1: id and secret are form-encoded before they become Basic. */
function formEncode(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2)
}
