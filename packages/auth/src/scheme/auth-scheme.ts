import type { SecurityScheme } from '@pf-agents/a2a-protocol'
import type { Awaitable, Clock, KeyValue, LogLevel, Needs, Principal, Target } from '@pf-agents/agent-core'
import type { FetchFunction } from '@pf-agents/http-kit'
import type { Refusal } from './refusal'

/** What the app gives every check. */
export interface AuthContext {
  /** A secret's value, looked up now. `undefined` where it is not set. */
  secret(name: string): Awaitable<string | undefined>
  /** Outbound HTTP, for keys and for asking issuers. */
  readonly fetch: FetchFunction
  readonly clock: Clock
  /** Keeps fetched keys where memory does not survive a request (a component). Left out on Node. */
  readonly keyValue?: KeyValue | undefined
  /** Aborts when the app is closed: what goes on behind requests ends. */
  readonly signal?: AbortSignal | undefined
  /** Keeps the host going for work behind the answer, where it would stop with it (a component). */
  waitUntil?(work: Promise<unknown>): void
  /** Why a credential was refused, and what could not be reached; never a credential. */
  log?(level: LogLevel, message: string, fields?: Record<string, unknown>): void
}

/** What the host knows of the sender of one request. */
export interface AuthCaller {
  /** The peer's address; `undefined` where the host does not know it. */
  readonly remoteAddress?: string | undefined
}

/** What a check found: a caller, a credential that is not good, or (`undefined`) no credential of its scheme. */
export type AuthResult =
  | { principal: Principal; refused?: undefined }
  | { refused: Refusal; principal?: undefined }
  | undefined

/**
 * One way to authenticate: what the agent card says of it, and the check of it. They can't drift apart, because they are
 * one thing.
 */
export interface AuthScheme {
  /** Its name on the card. */
  readonly name: string
  /** What the card says. */
  readonly card: SecurityScheme
  /** Scopes a caller must have; they stand in the card's requirement. */
  readonly scopes?: readonly string[]
  /** Secrets the check reads, and hosts it calls. */
  readonly needs?: Needs
  /** Where it can check. Default on every target. */
  readonly targets?:
    | { readonly on: readonly Target[]; readonly reason: string; readonly alternative?: string }
    | undefined
  /** Value of `WWW-Authenticate` in a refusal; `undefined` where HTTP has none for it. */
  challenge(refusal: Refusal | undefined): string | undefined
  /**
   * Who the request is from.
   * @throws PfError where it can't be found out now, such as PF_AUTH_UNAVAILABLE
   */
  authenticate(request: Request, context: AuthContext, caller: AuthCaller): Awaitable<AuthResult>
}
