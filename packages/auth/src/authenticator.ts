import { type JsonObject, mergeNeeds, PfError, type Principal, type ResolvedNeeds } from '@pf-agents/agent-core'
import type { AuthContext, AuthScheme } from './auth-scheme'
import { UnauthenticatedError } from './unauthenticated-error'

/** Finds out who requests are from. */
export interface Authenticator {
  /** The card's `securitySchemes` and `securityRequirements`: any one scheme suffices. */
  readonly card: JsonObject
  readonly needs: ResolvedNeeds
  /** @throws UnauthenticatedError where no scheme knows the caller */
  authenticate(request: Request, context: AuthContext): Promise<Principal>
}

/**
 * Makes one check of several schemes, any one of which lets a request in.
 * @throws PfError PF_CONFIG_INVALID where there is none, or two have the same name.
 */
export function createAuthenticator(schemes: readonly AuthScheme[]): Authenticator {
  const [first] = schemes
  if (first === undefined) throw new PfError('PF_CONFIG_INVALID', 'auth: name at least one scheme, or leave it out.')
  const names = new Set<string>()
  for (const { name } of schemes) {
    if (names.has(name))
      throw new PfError('PF_CONFIG_INVALID', `auth: two schemes are named "${name}". Give one another name.`)
    names.add(name)
  }
  const challenges = schemes.map((scheme) => scheme.challenge)
  return {
    card: {
      securitySchemes: Object.fromEntries(schemes.map((scheme) => [scheme.name, scheme.card])) as unknown as JsonObject,
      securityRequirements: schemes.map(({ name }) => ({ schemes: { [name]: { list: [] } } })),
    },
    needs: mergeNeeds(schemes.map((scheme) => scheme.needs)),
    async authenticate(request, context) {
      for (const scheme of schemes) {
        const principal = await scheme.authenticate(request, context)
        if (principal !== undefined) return principal
      }
      throw new UnauthenticatedError(challenges)
    },
  }
}
