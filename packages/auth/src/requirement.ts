import { PfError } from '@pf-agents/agent-core'
import type { AuthScheme } from './scheme/auth-scheme'

/** Several schemes that a request must satisfy together. Made by {@link allOf}. */
export interface AllOf {
  readonly allOf: readonly AuthScheme[]
}

/** Lets requests without credentials in. Made by {@link withoutCredentials}. */
export interface WithoutCredentials {
  readonly withoutCredentials: true
}

/** One way in. Several are alternatives: any one of them lets a request in. */
export type AuthRequirement = AuthScheme | AllOf | WithoutCredentials

/**
 * Asks for several schemes at once: a client certificate and a token, say. The caller is who the first scheme says; each
 * scheme's scopes are asked of its own principal.
 *
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [allOf(jwt, clientCertificate)] })
 * ```
 */
export function allOf(first: AuthScheme, ...others: readonly AuthScheme[]): AllOf {
  return { allOf: [first, ...others] }
}

/**
 * Lets requests that have no credential in, as `anonymous`, beside those that have a good one. One that is not good is
 * refused all the same. What only some may do is then said by the scopes of each skill.
 *
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [apiKey({ accept: { ci: secret('CI_KEY') } }), withoutCredentials()] })
 * ```
 */
export function withoutCredentials(): WithoutCredentials {
  return { withoutCredentials: true }
}

/** What a policy comes down to. */
export interface CompiledRequirements {
  /** Every scheme once, in the order they were named. */
  readonly schemes: readonly AuthScheme[]
  /** Alternatives; inside each, all. */
  readonly alternatives: readonly (readonly AuthScheme[])[]
  readonly admitsAnonymous: boolean
}

/** @throws PfError PF_CONFIG_INVALID where there is no requirement, or two schemes have the same name */
export function compileRequirements(requirements: readonly AuthRequirement[]): CompiledRequirements {
  if (requirements.length === 0)
    throw new PfError('PF_CONFIG_INVALID', 'auth: name at least one scheme, or leave it out.')
  const alternatives = requirements.flatMap((one): (readonly AuthScheme[])[] =>
    'withoutCredentials' in one ? [] : ['allOf' in one ? [...new Set(one.allOf)] : [one]],
  )
  const schemes = [...new Set(alternatives.flat())]
  const names = new Set<string>()
  for (const { name } of schemes) {
    if (names.has(name))
      throw new PfError('PF_CONFIG_INVALID', `auth: two schemes are named "${name}". Give one another name.`)
    names.add(name)
  }
  return { schemes, alternatives, admitsAnonymous: requirements.some((one) => 'withoutCredentials' in one) }
}
