import type { AuthScheme } from '../scheme/auth-scheme'
import { bearer } from '../scheme/bearer'
import { openIdConnectScheme } from '../scheme/open-id-connect'
import type { TokenSchemeOptions } from '../scheme/token-scheme'
import { checkedUrl } from '../token/issuer'
import { type JwtOptions, jwtTokens } from './jwt-tokens'

/** Options of {@link jwtBearer}: those of the tokens, and those of the scheme. */
export interface JwtBearerOptions extends JwtOptions, Omit<TokenSchemeOptions, 'tokens'> {
  /** Name of the scheme on the card. Default `bearer`. */
  name?: string
}

/**
 * A JSON Web Token in `Authorization: Bearer …` (A2A 1.0, 4.5.3; RFC 6750).
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 * @example
 * ```ts
 * const tokens = jwtBearer({ issuer: 'https://id.example', audience: 'trip-agent', keys: { url: 'https://id.example/keys' }, scopes: ['agent:call'] })
 * createApp(agent, [a2aServer()], { auth: [tokens] })
 * ```
 */
export function jwtBearer(options: JwtBearerOptions): AuthScheme {
  return bearer({
    ...schemeOptions(options),
    ...(options.name !== undefined && { name: options.name }),
    format: 'JWT',
    tokens: jwtTokens(options),
  })
}

/** Options of {@link openIdConnect}. */
export interface OpenIdConnectOptions extends Omit<JwtOptions, 'keys'>, Omit<TokenSchemeOptions, 'tokens'> {
  /** Name of the scheme on the card. Default `openIdConnect`. */
  name?: string
  /** The discovery document. Default: `/.well-known/openid-configuration` below the issuer. */
  url?: string
}

/**
 * Tokens of an OpenID Connect provider (A2A 1.0, 4.5.5): its discovery document, which the card names, says where its keys
 * are. Where they are on another host, name that in `outbound`.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [openIdConnect({ issuer: 'https://id.example', audience: 'trip-agent' })] })
 * ```
 */
export function openIdConnect(options: OpenIdConnectOptions): AuthScheme {
  const wellKnown = `${options.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const url = checkedUrl('openIdConnect', 'url', options.url ?? wellKnown, options.allowHttp)
  const tokens = jwtTokens({ ...options, keys: { discovery: url } })
  return openIdConnectScheme({
    ...schemeOptions(options),
    ...(options.name !== undefined && { name: options.name }),
    url,
    tokens,
  })
}

function schemeOptions({
  scopes,
  principal,
  description,
  realm,
  resourceMetadata,
}: Omit<TokenSchemeOptions, 'tokens'>) {
  return {
    ...(scopes && { scopes }),
    ...(principal && { principal }),
    ...(description !== undefined && { description }),
    ...(realm !== undefined && { realm }),
    ...(resourceMetadata !== undefined && { resourceMetadata }),
  }
}
