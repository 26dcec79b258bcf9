import type { SecurityScheme } from '@pf-agents/a2a-protocol'
import type { Awaitable, Needs, Principal } from '@pf-agents/agent-core'

/** What a check has beside the request. */
export interface AuthContext {
  /** A secret's value, looked up now. `undefined` where it is not set. */
  secret(name: string): Awaitable<string | undefined>
}

/**
 * One way to authenticate: what the agent card says of it, and the check of it. They can't drift apart, because they are
 * one thing.
 */
export interface AuthScheme {
  /** Its name on the card. */
  readonly name: string
  /** What the card says. */
  readonly card: SecurityScheme
  /** Value of `WWW-Authenticate` in a refusal. */
  readonly challenge: string
  /** Secrets the check reads. */
  readonly needs?: Needs
  /** Who the request is from; `undefined` where it has no credential of this scheme, or one that is not good. */
  authenticate(request: Request, context: AuthContext): Awaitable<Principal | undefined>
}
