import type { AuthScheme } from './auth-scheme'
import { checkCredential, type CredentialCheck, needsOf } from './credential-check'

/** Options of {@link bearer}. */
export type BearerOptions = CredentialCheck & {
  /** Name of the scheme on the card. Default `bearer`. */
  name?: string
  /** What the token is, such as `JWT`, for the card. */
  format?: string
  /** For people, on the card. */
  description?: string
}

/**
 * A token in `Authorization: Bearer …` (A2A 1.0, 4.5.3; RFC 6750).
 *
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [bearer({ verify: async (token) => (await sessions.get(token))?.user })] })
 * ```
 */
export function bearer(options: BearerOptions): AuthScheme {
  const { name = 'bearer', format, description } = options
  return {
    name,
    card: {
      httpAuthSecurityScheme: {
        ...(description !== undefined && { description }),
        scheme: 'Bearer',
        ...(format !== undefined && { bearerFormat: format }),
      },
    },
    challenge: 'Bearer',
    ...needsOf(options),
    authenticate: (request, context) => {
      const match = /^bearer +([^\s,]+) *$/i.exec(request.headers.get('authorization') ?? '')
      return match === null ? undefined : checkCredential(options, match[1] as string, context)
    },
  }
}
