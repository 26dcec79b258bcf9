import { type JsonObject, PfError, type SecretReference } from '@pf-agents/agent-core'
import { sha256Hex } from '../check/digest'
import { BoundedMap } from '../outbound/bounded-map'
import { fetchJson, type FetchLimits } from '../outbound/fetch-json'
import type { AuthContext } from '../scheme/auth-scheme'
import { refuse } from '../scheme/refusal'
import { audienceMatches, timeProblem } from './claims'
import { checkedIssuer, checkedUrl, originOf } from './issuer'
import type { TokenResult, TokenVerifier } from './token-verifier'

/** Options of {@link introspectedTokens}. */
export interface IntrospectionOptions extends FetchLimits {
  /** Whose tokens they are; where an answer names its issuer, it must be this. */
  issuer: string
  /** The introspection endpoint. */
  url: string
  /** As whom this agent asks. */
  client: { id: string; secret: SecretReference | string }
  /** The audience a token must be for. Default: the authorization server tells. */
  audience?: string | readonly string[]
  /** How long an answer is gone by, ms, and never past the token's end. A token revoked meanwhile still works. Default 10,000; 0 asks each time. */
  cacheMs?: number
  /** Answers kept at the same time. Default 1,000. */
  cacheSize?: number
  /** How far clocks may differ, seconds. Default 30. */
  clockToleranceSec?: number
  /** Allows plain http, for development. Default false. */
  allowHttp?: boolean
}

/**
 * Access tokens that the authorization server itself is asked about (RFC 7662), for tokens that say nothing.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 * @example
 * ```ts
 * introspectedTokens({ issuer: 'https://id.example', url: 'https://id.example/introspect', client: { id: 'agent', secret: secret('ID') } })
 * ```
 */
export function introspectedTokens(options: IntrospectionOptions): TokenVerifier {
  const { client, audience, cacheMs = 10_000, cacheSize = 1_000, clockToleranceSec = 30, allowHttp } = options
  const issuer = checkedIssuer('introspectedTokens', options.issuer)
  const url = checkedUrl('introspectedTokens', 'url', options.url, allowHttp)
  const kept = new BoundedMap<{ result: TokenResult; until: number }>(cacheSize)
  const asking = new Map<string, Promise<TokenResult>>()

  const judge = (answer: JsonObject, now: number): TokenResult => {
    if (answer['active'] !== true) return refuse('not active')
    const { iss } = answer
    if (iss !== undefined && iss !== issuer) return refuse('issuer')
    if (audience !== undefined && !audienceMatches(answer['aud'], audience)) return refuse('audience')
    const problem = timeProblem(answer, now, clockToleranceSec)
    return problem ?? { claims: answer }
  }
  const ask = async (token: string, key: string, context: AuthContext): Promise<TokenResult> => {
    const { id, secret } = client
    const password = typeof secret === 'string' ? secret : await context.secret(secret.secret)
    if (!password)
      throw new PfError('PF_SECRET_MISSING', 'The secret to ask the authorization server with has no value.')
    const answer = await fetchJson(
      url,
      {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${formEncode(id)}:${formEncode(password)}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        body: `token=${formEncode(token)}&token_type_hint=access_token`,
      },
      context,
      options,
    )
    const now = context.clock.now()
    const result = judge(answer, now)
    const end = typeof answer['exp'] === 'number' ? answer['exp'] * 1000 : Number.POSITIVE_INFINITY
    if (cacheMs > 0) kept.set(key, { result, until: Math.min(now + cacheMs, result.claims ? end : now + cacheMs) })
    return result
  }
  return {
    issuer,
    needs: { outbound: [originOf(url)], ...(typeof client.secret !== 'string' && { secrets: [client.secret] }) },
    async verify(token, context) {
      // Not the token itself: what is kept in memory may end up in a dump.
      const key = await sha256Hex(token)
      const known = kept.get(key)
      if (known !== undefined && context.clock.now() < known.until) return known.result
      let asked = asking.get(key)
      if (asked === undefined) {
        asked = ask(token, key, context).finally(() => asking.delete(key))
        asking.set(key, asked)
      }
      return asked
    },
  }
}

/** RFC 6749, 2.3.1: client id and secret are form-encoded before they become Basic. */
function formEncode(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2)
}
