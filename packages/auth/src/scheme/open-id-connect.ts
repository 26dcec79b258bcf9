import type { AuthScheme } from './auth-scheme'
import { tokenScheme, type TokenSchemeOptions } from './token-scheme'

/** Options of {@link openIdConnectScheme}. */
export interface OpenIdConnectSchemeOptions extends TokenSchemeOptions {
  /** Name of the scheme on the card. Default `openIdConnect`. */
  name?: string
  /** URL of the discovery document, for the card. */
  url: string
}

/**
 * Tokens of an OpenID Connect provider (A2A 1.0, 4.5.5) with a verifier of your own choice. `openIdConnect` of
 * `@pf-agents/auth/jwt` makes the verifier too, from the discovery document.
 *
 * @throws PfError PF_CONFIG_INVALID where a scope is none
 */
export function openIdConnectScheme(options: OpenIdConnectSchemeOptions): AuthScheme {
  const { name = 'openIdConnect', url, description } = options
  const openIdConnectSecurityScheme = { ...(description !== undefined && { description }), openIdConnectUrl: url }
  return tokenScheme(name, { openIdConnectSecurityScheme }, options)
}
