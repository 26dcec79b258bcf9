import { PfError } from '@pf-agents/agent-core'
import { compileCheck, type CredentialCheck, isCredential } from '../check/credential-check'
import type { AuthScheme } from './auth-scheme'
import { challengeParameter, checkScopes } from './challenge'
import { malformed, refuse } from './refusal'

/** Options of {@link apiKey}. */
export type ApiKeyOptions = CredentialCheck & {
  /** Name of the scheme on the card. Default `apiKey`. */
  name?: string
  /** Where the key is. Default `header`; a key in a query ends up in logs along the way. */
  location?: 'header' | 'query' | 'cookie'
  /** Name of the header, query parameter or cookie. Default `X-API-Key`. */
  key?: string
  /** Scopes that the principal of a key must have. Default none. */
  scopes?: readonly string[]
  /** For people, on the card. */
  description?: string
}

/** RFC 9110 token: what a header, a cookie and a challenge can carry unquoted. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/**
 * A key in a header, query parameter or cookie (A2A 1.0, 4.5.2). A key that comes twice, has blanks, commas or other
 * than visible ASCII characters, or more than 8,192 of them, is refused.
 *
 * @throws PfError PF_CONFIG_INVALID where the key's name is not one HTTP allows, or an accepted key is none.
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [apiKey({ accept: { ci: secret('CI_KEY') } })] })
 * ```
 */
export function apiKey(options: ApiKeyOptions): AuthScheme {
  const { name = 'apiKey', location = 'header', key = 'X-API-Key', description, scopes } = options
  if (!token.test(key))
    throw new PfError('PF_CONFIG_INVALID', 'apiKey: "key" must be a name that HTTP allows, such as X-API-Key.')
  checkScopes('apiKey', scopes)
  const check = compileCheck('apiKey', options)
  const challenge = `ApiKey ${challengeParameter('in', location)}, ${challengeParameter('name', key)}`
  return {
    name,
    card: { apiKeySecurityScheme: { ...(description !== undefined && { description }), location, name: key } },
    ...(scopes && { scopes }),
    ...(check.needs && { needs: check.needs }),
    challenge: (refusal) => (refusal ? `${challenge}, ${challengeParameter('error', refusal.error)}` : challenge),
    async authenticate(request, context) {
      const [credential, another] = keysOf(request, location, key)
      if (credential === undefined) return undefined
      if (another !== undefined || !isCredential(credential)) return malformed('key')
      const principal = await check.find(credential, context)
      return principal === undefined ? refuse('unknown key') : { principal }
    },
  }
}

/** Every key of the request; of a header that came twice, one text with a comma in it. */
function keysOf(request: Request, location: 'header' | 'query' | 'cookie', key: string): string[] {
  if (location === 'query') return new URL(request.url).searchParams.getAll(key)
  const header = request.headers.get(location === 'header' ? key : 'cookie')
  if (header === null) return []
  if (location === 'header') return [header]
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals > 0 && pair.slice(0, equals).trim() === key ? [pair.slice(equals + 1).trim()] : []
  })
}
