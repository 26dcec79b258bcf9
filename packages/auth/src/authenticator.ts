import {
  type Awaitable,
  anonymous,
  type JsonObject,
  mergeNeeds,
  type Principal,
  type ResolvedNeeds,
  type Target,
  UnsupportedOnTargetError,
} from '@pf-agents/agent-core'
import { ForbiddenError, UnauthenticatedError } from './auth-error'
import { type AuthRequirement, compileRequirements } from './requirement'
import type { AuthCaller, AuthContext, AuthResult, AuthScheme } from './scheme/auth-scheme'
import type { Refusal } from './scheme/refusal'

/** Finds out who requests are from. */
export interface Authenticator {
  /** The card's `securitySchemes` and `securityRequirements`. */
  readonly card: JsonObject
  readonly needs: ResolvedNeeds
  /** Whether requests without credentials are let in. */
  readonly admitsAnonymous: boolean
  /**
   * @throws UnauthenticatedError where no alternative knows the caller, ForbiddenError where one does and it lacks a scope,
   * PfError PF_AUTH_UNAVAILABLE where it can't be found out now
   */
  authenticate(request: Request, context: AuthContext, caller?: AuthCaller): Promise<Principal>
}

const nobody: AuthCaller = Object.freeze({})

/**
 * Makes one check of several requirements, any one of which lets a request in.
 *
 * @throws PfError PF_CONFIG_INVALID where there is none, or two schemes have the same name; UnsupportedOnTargetError where
 * a scheme can't check on the target
 */
export function createAuthenticator(
  requirements: readonly AuthRequirement[],
  options: { target?: Target } = {},
): Authenticator {
  const { schemes, alternatives, admitsAnonymous } = compileRequirements(requirements)
  const { target } = options
  for (const { name, targets } of schemes) {
    if (targets === undefined || target === undefined || targets.on.includes(target)) continue
    const { on: availableOn, reason, alternative } = targets
    throw new UnsupportedOnTargetError({
      feature: `auth scheme "${name}"`,
      target,
      availableOn,
      reason,
      ...(alternative !== undefined && { alternative }),
    })
  }
  const list = (scheme: AuthScheme) => ({ list: [...(scheme.scopes ?? [])] })
  const entries = alternatives.map((all) => ({ schemes: Object.fromEntries(all.map((one) => [one.name, list(one)])) }))
  return {
    card: {
      securitySchemes: Object.fromEntries(schemes.map(({ name, card }) => [name, card])) as unknown as JsonObject,
      // An empty entry asks for nothing.
      securityRequirements: admitsAnonymous ? [...entries, { schemes: {} }] : entries,
    },
    needs: mergeNeeds(schemes.map(({ needs }) => needs)),
    admitsAnonymous,
    authenticate: (request, context, caller = nobody) =>
      new Attempt(schemes, admitsAnonymous, (scheme) => scheme.authenticate(request, context, caller), context).run(
        alternatives,
      ),
  }
}

/** One request's way through the requirements. Each scheme is asked once at most. */
class Attempt {
  readonly #schemes: readonly AuthScheme[]
  readonly #admitsAnonymous: boolean
  readonly #ask: (scheme: AuthScheme) => Awaitable<AuthResult>
  readonly #context: AuthContext
  readonly #results = new Map<AuthScheme, AuthResult>()
  #lacking: { scheme: AuthScheme; scopes: readonly string[] } | undefined
  #failure: unknown

  constructor(
    schemes: readonly AuthScheme[],
    admitsAnonymous: boolean,
    ask: (scheme: AuthScheme) => Awaitable<AuthResult>,
    context: AuthContext,
  ) {
    this.#schemes = schemes
    this.#admitsAnonymous = admitsAnonymous
    this.#ask = ask
    this.#context = context
  }

  async run(alternatives: readonly (readonly AuthScheme[])[]): Promise<Principal> {
    for (const all of alternatives) {
      const principal = await this.#all(all)
      if (principal !== undefined) return principal
    }
    if (this.#admitsAnonymous) {
      // Anonymous is who brought nothing at all: the schemes that were not asked yet are asked now.
      for (const scheme of this.#schemes) await this.#result(scheme)
      if (this.#failure === undefined && [...this.#results.values()].every((result) => result === undefined))
        return anonymous
    }
    if (this.#failure !== undefined) throw this.#failure
    if (this.#lacking !== undefined) throw forbidden(this.#lacking)
    const refusals = new Map<AuthScheme, Refusal>()
    for (const [scheme, result] of this.#results) {
      if (result?.refused === undefined) continue
      refusals.set(scheme, result.refused)
      this.#context.log?.('debug', 'A credential was refused.', { scheme: scheme.name, reason: result.refused.reason })
    }
    const challenges = this.#schemes.flatMap((scheme) => scheme.challenge(refusals.get(scheme)) ?? [])
    throw new UnauthenticatedError([...new Set(challenges)])
  }

  /** Who the first scheme says, where all are satisfied. */
  async #all(all: readonly AuthScheme[]): Promise<Principal | undefined> {
    let first: Principal | undefined
    let lacking: { scheme: AuthScheme; scopes: readonly string[] } | undefined
    for (const scheme of all) {
      const result = await this.#result(scheme)
      if (result?.principal === undefined) return undefined
      const missing = scheme.scopes?.filter((scope) => !result.principal.scopes?.includes(scope)) ?? []
      if (missing.length > 0) lacking ??= { scheme, scopes: scheme.scopes ?? [] }
      first ??= result.principal
    }
    if (lacking === undefined) return first
    this.#lacking ??= lacking
    return undefined
  }

  async #result(scheme: AuthScheme): Promise<AuthResult> {
    if (this.#results.has(scheme)) return this.#results.get(scheme)
    let result: AuthResult
    try {
      result = await this.#ask(scheme)
    } catch (error) {
      // Another alternative may let the request in; if none does, this is the answer.
      this.#failure ??= error
      this.#context.log?.('warn', 'A credential could not be checked.', { scheme: scheme.name, error: textOf(error) })
    }
    this.#results.set(scheme, result)
    return result
  }
}

function forbidden({ scheme, scopes }: { scheme: AuthScheme; scopes: readonly string[] }): ForbiddenError {
  const challenge = scheme.challenge({ error: 'insufficient_scope', reason: 'scope' })
  return new ForbiddenError(scopes, challenge === undefined ? [] : [challenge])
}

/** What an operator needs: the sentence and its cause, without stacks. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message
}
