import { authorizationValue } from '../check/authorization'
import { compileCheck, type CredentialCheck, maxCredentialLength } from '../check/credential-check'
import type { Awaitable, Principal } from '@pf-agents/agent-core'
import type { AuthScheme } from './auth-scheme'
import { challengeParameter, checkScopes } from './challenge'
import { malformed, refuse } from './refusal'

/** Options of {@link basic}. */
export type BasicOptions = (
  | (CredentialCheck & { verify?: undefined })
  | {
      /** Who a name and a password belong to, or `undefined` where they are not good. */
      verify(user: string, password: string): Awaitable<Principal | undefined>
      accept?: undefined
    }
) & {
  /** Name of the scheme on the card. Default `basic`. */
  name?: string
  /** What a browser shows. Default `agent`. */
  realm?: string
  /** Scopes that the principal must have. Default none. */
  scopes?: readonly string[]
  /** For people, on the card. */
  description?: string
}

/**
 * HTTP Basic (RFC 7617). `accept` has a password per user; the principal's id is the user's name.
 *
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [basic({ accept: { alice: secret('ALICE_PASSWORD') } })] })
 * ```
 */
export function basic(options: BasicOptions): AuthScheme {
  const { name = 'basic', realm = 'agent', description, scopes } = options
  checkScopes('basic', scopes)
  const { accept } = options
  // Each user's password is a check of its own: one user's does not let in another.
  const users =
    accept &&
    new Map(Object.entries(accept).map(([user, value]) => [user, compileCheck('basic', { accept: { [user]: value } })]))
  const nobody = compileCheck('basic', { accept: { nobody: `sha256:${'0'.repeat(64)}` } })
  const secrets = [...(users?.values() ?? [])].flatMap(({ needs }) => needs?.secrets ?? [])
  const challenge = `Basic ${challengeParameter('realm', realm)}, charset="UTF-8"`
  return {
    name,
    card: { httpAuthSecurityScheme: { ...(description !== undefined && { description }), scheme: 'Basic' } },
    ...(scopes && { scopes }),
    ...(secrets.length > 0 && { needs: { secrets } }),
    challenge: () => challenge,
    async authenticate(request, context) {
      const given = authorizationValue(request, 'basic')
      if (given.state === 'absent') return undefined
      const pair = given.state === 'present' ? decodePair(given.value) : undefined
      if (pair === undefined) return malformed('basic')
      const principal = users
        ? await (users.get(pair.user) ?? nobody).find(pair.password, context)
        : await options.verify?.(pair.user, pair.password)
      return principal === undefined ? refuse('unknown user or password') : { principal }
    },
  }
}

function decodePair(value: string): { user: string; password: string } | undefined {
  if (value.length > maxCredentialLength) return undefined
  try {
    const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const colon = text.indexOf(':')
    return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    // No base64, or no UTF-8.
    return undefined
  }
}
