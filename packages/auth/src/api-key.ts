import { PfError } from '@pf-agents/agent-core'
import type { AuthScheme } from './auth-scheme'
import { checkCredential, type CredentialCheck, needsOf } from './credential-check'

/** Options of {@link apiKey}. */
export type ApiKeyOptions = CredentialCheck & {
  /** Name of the scheme on the card. Default `apiKey`. */
  name?: string
  /** Where the key is. Default `header`. */
  location?: 'header' | 'query' | 'cookie'
  /** Name of the header, query parameter or cookie. Default `X-API-Key`. */
  key?: string
  /** For people, on the card. */
  description?: string
}

/** RFC 9110 token: what a header, a cookie and a challenge can carry unquoted. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/**
 * A key in a header, query parameter or cookie (A2A 1.0, 4.5.2).
 *
 * @throws PfError PF_CONFIG_INVALID where the key's name is not one HTTP allows.
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [apiKey({ accept: { ci: secret('CI_KEY') } })] })
 * ```
 */
export function apiKey(options: ApiKeyOptions): AuthScheme {
  const { name = 'apiKey', location = 'header', key = 'X-API-Key', description } = options
  if (!token.test(key))
    throw new PfError('PF_CONFIG_INVALID', 'apiKey: "key" must be a name that HTTP allows, such as X-API-Key.')
  return {
    name,
    card: { apiKeySecurityScheme: { ...(description !== undefined && { description }), location, name: key } },
    challenge: `ApiKey in="${location}", name="${key}"`,
    ...needsOf(options),
    authenticate: (request, context) => {
      const credential = keyOf(request, location, key)
      return credential === undefined ? undefined : checkCredential(options, credential, context)
    },
  }
}

function keyOf(request: Request, location: 'header' | 'query' | 'cookie', key: string): string | undefined {
  if (location === 'header') return request.headers.get(key) ?? undefined
  if (location === 'query') return new URL(request.url).searchParams.get(key) ?? undefined
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === key) return pair.slice(equals + 1).trim()
  }
  return undefined
}
