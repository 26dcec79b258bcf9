import type { SecurityScheme } from '@pf-agents/a2a-protocol'
import { authorizationValue } from '../check/authorization'
import { type PrincipalOf, principalOf } from '../token/principal-of'
import type { TokenVerifier } from '../token/token-verifier'
import type { AuthScheme } from './auth-scheme'
import { bearerChallenge, checkScopes } from './challenge'
import { malformed, refuse } from './refusal'

/** What schemes that take a bearer token have in common. */
export interface TokenSchemeOptions {
  /** Tells good tokens: `jwtTokens` of `@pf-agents/auth/jwt`, or `introspectedTokens`. */
  tokens: TokenVerifier
  /** Scopes a token must have; they stand on the card and in challenges. Default none. */
  scopes?: readonly string[]
  /** Which claims make the principal. Default: the id from `sub`, scopes from `scope` or `scp`. */
  principal?: PrincipalOf
  /** For people, on the card. */
  description?: string
  /** Shown in challenges. Default none. */
  realm?: string
  /** URL of the OAuth protected resource metadata (RFC 9728), for challenges. Default none. */
  resourceMetadata?: string
}

/** A scheme whose credential is a token in `Authorization: Bearer`. */
export function tokenScheme(name: string, card: SecurityScheme, options: TokenSchemeOptions): AuthScheme {
  const { tokens, scopes, principal: mapping } = options
  checkScopes(name, scopes)
  return {
    name,
    card,
    ...(scopes && { scopes }),
    ...(tokens.needs && { needs: tokens.needs }),
    ...(tokens.targets && { targets: tokens.targets }),
    challenge: (refusal) => bearerChallenge(options, refusal),
    async authenticate(request, context) {
      const given = authorizationValue(request, 'bearer')
      if (given.state === 'absent') return undefined
      if (given.state === 'malformed') return malformed(given.reason)
      const { claims, refused } = await tokens.verify(given.value, context)
      if (refused) return { refused }
      const principal = principalOf(claims, tokens.issuer, mapping)
      return principal === undefined ? refuse('no subject') : { principal }
    },
  }
}
