import type { SecurityScheme } from '@pf-agents/a2a-protocol'
import { type Awaitable, type Clock, PfError, systemClock } from '@pf-agents/agent-core'
import { type FetchFunction, raceAbort } from '@pf-agents/http-kit'
import type { CredentialRequest, CredentialSource } from './credential'
import { type AccessToken, fetchToken } from './token-request'

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions {
  clientId: string
  clientSecret: string | (() => Awaitable<string>)
  /**
   * The token endpoint. Default: the one the agent's card names, as far as `trustedOrigins` has its origin: a card is no
   * reason to send a secret anywhere.
   */
  tokenUrl?: string
  /** Origins of token endpoints that a card may name. Default none. */
  trustedOrigins?: readonly string[]
  /** Scopes to ask for. Default: those the card asks for. */
  scopes?: readonly string[]
  /** What the token is for: the parameter `audience` that many servers know. Default none. */
  audience?: string
  /** Whether the agent's origin is sent as `resource` (RFC 8707). Default false. */
  resource?: boolean
  /** Whether id and secret go into the header or into the body. Default `basic`. */
  method?: 'basic' | 'post'
  /** How long before its end a token is renewed while it is still used, ms; never more than a fifth of its life. Default 60,000. */
  refreshAheadMs?: number
  /** For asking for a token, ms. Default 10,000. */
  timeoutMs?: number
  /** Tokens kept, one for each audience and set of scopes. Default 100. */
  maxTokens?: number
  /** Allows token endpoints over plain http, for development. Default false. */
  allowHttp?: boolean
  /** Default: the global `fetch`. */
  fetch?: FetchFunction
  clock?: Clock
}

interface Kept extends AccessToken {
  readonly renewAt: number
  /** When somebody last tried to renew it. */
  triedAt: number
}

/** A token this close to its end may not live until it arrives. */
const marginMs = 5_000
/** Least time between two attempts to renew a token that is still good. */
const renewalPauseMs = 5_000

/**
 * Tokens by OAuth 2 client credentials (RFC 6749, 4.4), kept until shortly before their end and renewed ahead of it.
 *
 * @throws PfError PF_CONFIG_INVALID where no token endpoint can be known, or it is not https. From the source: PF_HTTP_FAILED
 * where the server gives no token, PF_HTTP_TIMEOUT
 * @example
 * ```ts
 * const source = clientCredentials({ tokenUrl: 'https://id.example/token', clientId: 'me', clientSecret: () => readSecret() })
 * ```
 */
export function clientCredentials(options: ClientCredentialsOptions): CredentialSource {
  const {
    trustedOrigins = [],
    refreshAheadMs = 60_000,
    maxTokens = 100,
    clock = systemClock,
    allowHttp = false,
  } = options
  const fixed = options.tokenUrl === undefined ? undefined : checkedUrl(options.tokenUrl, allowHttp)
  const origins = new Set(trustedOrigins.map((one) => new URL(checkedUrl(one, allowHttp)).origin))
  if (fixed === undefined && origins.size === 0) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'clientCredentials: name the token endpoint, or the origins whose endpoints a card may name.',
    )
  }
  const kept = new Map<string, Kept>()
  const fetching = new Map<string, Promise<Kept>>()

  const load = (key: string, url: string, scopes: readonly string[], audience: string): Promise<Kept> => {
    const running = fetching.get(key)
    if (running !== undefined) return running
    const promise = (async () => {
      const token = await fetchToken(url, scopes, audience, options, clock)
      const ahead = Math.min(refreshAheadMs, (token.expiresAt - clock.now()) / 5)
      const entry = { ...token, renewAt: token.expiresAt - ahead, triedAt: 0 }
      kept.delete(key)
      if (kept.size >= maxTokens) kept.delete(kept.keys().next().value as string)
      kept.set(key, entry)
      return entry
    })().finally(() => fetching.delete(key))
    fetching.set(key, promise)
    return promise
  }

  return async ({ audience, scheme, scopes: asked, rejected, signal }: CredentialRequest) => {
    const url = fixed ?? trusted(tokenUrlOf(scheme), origins)
    if (url === undefined) return undefined
    const scopes = [...(options.scopes ?? asked)].sort()
    const key = JSON.stringify([url, audience, scopes])
    const known = kept.get(key)
    const isRefused =
      known !== undefined && rejected !== undefined && 'token' in rejected && rejected.token === known.token
    const now = clock.now()
    if (known === undefined || isRefused || now >= known.expiresAt - marginMs) {
      if (isRefused) kept.delete(key)
      return { token: (await raceAbort(load(key, url, scopes, audience), signal)).token }
    }
    if (now >= known.renewAt && now - known.triedAt >= renewalPauseMs) {
      known.triedAt = now
      // Whoever comes next finds it; if it fails, this one still is good, and the next call tries again.
      load(key, url, scopes, audience).catch(() => {})
    }
    return { token: known.token }
  }
}

function tokenUrlOf(scheme: SecurityScheme | undefined): string | undefined {
  const flows = scheme && 'oauth2SecurityScheme' in scheme ? scheme.oauth2SecurityScheme.flows : undefined
  return flows && 'clientCredentials' in flows ? flows.clientCredentials.tokenUrl : undefined
}

function trusted(url: string | undefined, origins: ReadonlySet<string>): string | undefined {
  try {
    return url !== undefined && origins.has(new URL(url).origin) ? url : undefined
  } catch {
    return undefined
  }
}

function checkedUrl(text: string, allowHttp: boolean): string {
  let protocol = ''
  try {
    ;({ protocol } = new URL(text))
  } catch {
    // Told below.
  }
  if (protocol === 'https:' || (allowHttp && protocol === 'http:')) return text
  throw new PfError('PF_CONFIG_INVALID', `clientCredentials: ${JSON.stringify(text)} is no https URL.`)
}
