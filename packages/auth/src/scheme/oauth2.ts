import type { OAuthFlows } from '@pf-agents/a2a-protocol'
import type { AuthScheme } from './auth-scheme'
import { tokenScheme, type TokenSchemeOptions } from './token-scheme'

/** Options of {@link oauth2}. */
export interface OAuth2Options extends TokenSchemeOptions {
  /** Name of the scheme on the card. Default `oauth2`. */
  name?: string
  /** How callers get a token: one flow, for the card. */
  flows: OAuthFlows
  /** URL of the authorization server's metadata (RFC 8414), for the card. Default none. */
  metadataUrl?: string
}

/**
 * OAuth 2 access tokens (A2A 1.0, 4.5.4): the card says how to get one, `tokens` tells which are good.
 *
 * @throws PfError PF_CONFIG_INVALID where a scope is none
 * @example
 * ```ts
 * const tokens = introspectedTokens({ issuer, url: 'https://id.example/introspect', client: { id: 'agent', secret: secret('ID') } })
 * const flows = { clientCredentials: { tokenUrl: 'https://id.example/token', scopes: { 'agent:call': 'Call the agent' } } }
 * createApp(agent, [a2aServer()], { auth: [oauth2({ flows, tokens, scopes: ['agent:call'] })] })
 * ```
 */
export function oauth2(options: OAuth2Options): AuthScheme {
  const { name = 'oauth2', flows, metadataUrl, description } = options
  const oauth2SecurityScheme = {
    ...(description !== undefined && { description }),
    flows,
    ...(metadataUrl !== undefined && { oauth2MetadataUrl: metadataUrl }),
  }
  return tokenScheme(name, { oauth2SecurityScheme }, options)
}
