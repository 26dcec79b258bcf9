import type { AgentCard, SecurityRequirement } from '@pf-agents/a2a-protocol'
import { type AuthService, PfError } from '@pf-agents/agent-core'
import { type Credential, type CredentialSource, sameCredential } from './credential'
import { type Placement, place } from './placement'

/** Credentials of one origin: by the name of the scheme on its card, or one source for whatever its card asks for. */
export type OriginCredentials = CredentialSource | Readonly<Record<string, Credential | CredentialSource>>

/** What a request needs credentials for. */
export interface AuthorizationRequest {
  readonly card: AgentCard
  /** Where the request goes. */
  readonly url: string
  /** What was sent and refused a moment ago. */
  readonly rejected?: Authorization | undefined
  readonly signal?: AbortSignal | undefined
}

/** What to send with a request. */
export interface Authorization extends Readonly<Placement> {
  /** The credentials that were used, by scheme. */
  readonly used: Readonly<Record<string, Credential>>
}

/** Finds what to send with requests. */
export interface CredentialProvider {
  /** `undefined` where there is nothing to send: for an origin that was not named above all. */
  authorize(request: AuthorizationRequest): Promise<Authorization | undefined>
}

/**
 * Makes what finds the credentials that an agent's card asks for. They go to the origins that are named here and to no
 * other, whatever a card says, and never along a redirect. Of the card's alternatives the first is taken for which there
 * is everything. A credential that was refused with 401 is asked for once more.
 *
 * @throws PfError PF_CONFIG_INVALID where an origin is none
 * @example
 * ```ts
 * const credentials = createCredentials({
 *   'https://agent.example': { bearer: clientCredentials({ tokenUrl: 'https://id.example/token', clientId: 'me', clientSecret }) },
 *   'https://other.example': { apiKey: { key } },
 * })
 * const client = createA2AClient({ url: 'https://agent.example', credentials })
 * ```
 */
export function createCredentials(byOrigin: Readonly<Record<string, OriginCredentials>>): CredentialProvider {
  const known = new Map(Object.entries(byOrigin).map(([text, given]) => [checkedOrigin(text), given]))
  return {
    async authorize({ card, url, rejected, signal }) {
      const audience = new URL(url).origin
      const given = known.get(audience)
      if (given === undefined) return undefined
      const ask = async (name: string, scopes: readonly string[]): Promise<Credential | undefined> => {
        const source = typeof given === 'function' ? given : Object.hasOwn(given, name) ? given[name] : undefined
        if (typeof source !== 'function') return source
        const scheme = card.securitySchemes?.[name]
        return source({ audience, name, scheme, scopes, rejected: rejected?.used[name], signal })
      }
      for (const requirement of requirementsOf(card)) {
        const found = await satisfy(card, requirement, ask)
        if (found === undefined) continue
        const isNew = Object.entries(found.used).some(([name, one]) => !sameCredential(one, rejected?.used[name]))
        if (rejected === undefined || isNew) return found
      }
      return undefined
    },
  }
}

/** The alternatives of a card; where it has schemes and says not when, each of them. */
function requirementsOf({ securityRequirements, securitySchemes = {} }: AgentCard): readonly SecurityRequirement[] {
  return securityRequirements ?? Object.keys(securitySchemes).map((name) => ({ schemes: { [name]: {} } }))
}

async function satisfy(
  card: AgentCard,
  { schemes }: SecurityRequirement,
  ask: (name: string, scopes: readonly string[]) => Promise<Credential | undefined>,
): Promise<Authorization | undefined> {
  const placement: Placement = { headers: {}, query: {} }
  const used: Record<string, Credential> = {}
  for (const [name, { list = [] }] of Object.entries(schemes)) {
    const scheme =
      card.securitySchemes && Object.hasOwn(card.securitySchemes, name) ? card.securitySchemes[name] : undefined
    const credential = scheme && (await ask(name, list))
    if (scheme === undefined || credential === undefined || !place(scheme, credential, placement)) return undefined
    used[name] = credential
  }
  return Object.keys(used).length > 0 ? { ...placement, used } : undefined
}

function checkedOrigin(text: string): string {
  let origin: string | undefined
  try {
    origin = new URL(text).origin
  } catch {
    // Told below.
  }
  if (origin === undefined || origin === 'null' || !/^https?:\/\/[^/@]+\/?$/.test(text)) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `createCredentials: ${JSON.stringify(text)} is no origin such as https://agent.example.`,
    )
  }
  return origin
}

/**
 * Makes the service behind `ctx.credential(audience)`: tokens for calls that handlers make, by the origin they go to or by
 * any other name.
 *
 * @example
 * ```ts
 * bind(authServicePort, createAuthService({ 'https://api.example': clientCredentials({ tokenUrl, clientId, clientSecret }) }))
 * ```
 */
export function createAuthService(audiences: Readonly<Record<string, CredentialSource>>): AuthService {
  return {
    async credential(audience) {
      const source = Object.hasOwn(audiences, audience) ? audiences[audience] : undefined
      const credential = await source?.({ audience, scopes: [] })
      if (credential === undefined) return undefined
      if ('token' in credential) return { scheme: 'Bearer', value: credential.token }
      if ('key' in credential) return { scheme: 'ApiKey', value: credential.key }
      return undefined
    },
  }
}
