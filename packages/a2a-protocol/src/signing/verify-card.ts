import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import type { CardForm } from './canonical-card'

/** Whose signature a card was found to have. */
export interface VerifiedCard {
  readonly kid: string
  readonly alg: string
  /** What the signature covers: `sdk` may be less than all that the card said when it was signed. */
  readonly form: CardForm
  /**
   * The card that the signature covers, with that one signature: the canonical document that was verified, read again. Go
   * by this one. The card that was given may have more, which nobody signed.
   */
  readonly card: JsonObject
}

/** What is known of a card beside itself. */
export interface CardOrigin {
  /** Where it was loaded from, where it was. */
  readonly url?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Finds out whether a card is signed by somebody who is trusted (§8.4.3). Takes the card as it came, not decoded, and
 * gives back what of it is signed: that alone is used.
 * `createCardVerifier` of `@pf-agents/auth/jwt` makes one.
 *
 * @throws PfError PF_REMOTE_CARD where no signature is good
 */
export type CardVerifier = (card: JsonValue, from: CardOrigin) => Promise<VerifiedCard>
