import type { Awaitable, JsonObject, Needs } from '@pf-agents/agent-core'
import type { AuthContext, AuthScheme } from '../scheme/auth-scheme'
import type { Refusal } from '../scheme/refusal'

/** What a token was found to be. */
export type TokenResult = { claims: JsonObject; refused?: undefined } | { refused: Refusal; claims?: undefined }

/** Tells good tokens of one issuer from others. Made by `jwtTokens` (`@pf-agents/auth/jwt`) or {@link introspectedTokens}. */
export interface TokenVerifier {
  /** Whose tokens they are. It goes before the subject in a principal's id, so that two issuers can't collide. */
  readonly issuer: string
  readonly needs?: Needs
  /** Where it can verify. Default on every target. */
  readonly targets?: AuthScheme['targets']
  /**
   * What a token says, or why it is not good.
   * @throws PfError PF_AUTH_UNAVAILABLE where it can't be found out now
   */
  verify(token: string, context: AuthContext): Awaitable<TokenResult>
}
