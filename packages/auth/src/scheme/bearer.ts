import { authorizationValue } from '../check/authorization'
import { compileCheck, type CredentialCheck } from '../check/credential-check'
import type { AuthScheme } from './auth-scheme'
import { bearerChallenge, checkScopes } from './challenge'
import { malformed, refuse } from './refusal'
import { tokenScheme, type TokenSchemeOptions } from './token-scheme'

interface BearerCard {
  /** Name of the scheme on the card. Default `bearer`. */
  name?: string
  /** What the token is, such as `JWT`, for the card. */
  format?: string
}

/** Options of {@link bearer}: a check of your own, or a verifier of tokens. */
export type BearerOptions = BearerCard &
  (
    | (CredentialCheck & Omit<TokenSchemeOptions, 'tokens' | 'principal'> & { tokens?: undefined })
    | (TokenSchemeOptions & { accept?: undefined; verify?: undefined })
  )

/**
 * A token in `Authorization: Bearer …` (A2A 1.0, 4.5.3; RFC 6750). For JSON Web Tokens see `jwtBearer` of
 * `@pf-agents/auth/jwt`.
 *
 * @throws PfError PF_CONFIG_INVALID where a scope or an accepted token is none
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [bearer({ verify: async (token) => (await sessions.get(token))?.user })] })
 * ```
 */
export function bearer(options: BearerOptions): AuthScheme {
  const { name = 'bearer', format, description } = options
  const card = {
    httpAuthSecurityScheme: {
      ...(description !== undefined && { description }),
      scheme: 'Bearer',
      ...(format !== undefined && { bearerFormat: format }),
    },
  }
  if (options.tokens !== undefined) return tokenScheme(name, card, options)
  const { scopes } = options
  checkScopes('bearer', scopes)
  const check = compileCheck('bearer', options)
  return {
    name,
    card,
    ...(scopes && { scopes }),
    ...(check.needs && { needs: check.needs }),
    challenge: (refusal) => bearerChallenge(options, refusal),
    async authenticate(request, context) {
      const given = authorizationValue(request, 'bearer')
      if (given.state === 'absent') return undefined
      if (given.state === 'malformed') return malformed(given.reason)
      const principal = await check.find(given.value, context)
      return principal === undefined ? refuse('unknown token') : { principal }
    },
  }
}
