import type { AgentCard, AgentCardSignature } from '../wire/agent-card'
import { canonicalAgentCard, type CardForm } from './canonical-card'

/** Makes signatures with one private key. `createCardSigner` of `@pf-agents/auth/jwt` makes one. */
export interface CardSigner {
  /** Names the key to those who verify. */
  readonly kid: string
  /** The JWS of a payload (RFC 7515): protected header and signature, both base64url. */
  sign(payload: Uint8Array): Promise<AgentCardSignature>
}

/** Options of {@link signAgentCard}. */
export interface SignCardOptions {
  /**
   * What is signed, each with every key. Default both: where the two differ, verifiers built on the SDKs take the one, and
   * those that go by the specification the other.
   */
  forms?: readonly CardForm[]
}

/**
 * Signs an agent card (§8.4). Signatures that it has already are kept: to rotate keys, sign with the old and the new one
 * until no cached card has the old one only.
 *
 * @throws PfError PF_REQUEST_INVALID where the card has no canonical form; whatever a signer throws
 *
 * @example
 * ```ts
 * const signed = await signAgentCard(card, [await createCardSigner({ key: privateJwk, kid: '2026-11' })])
 * ```
 */
export async function signAgentCard(
  card: AgentCard,
  signers: readonly CardSigner[],
  options: SignCardOptions = {},
): Promise<AgentCard> {
  const payloads = cardPayloads(card, options.forms)
  const made = await Promise.all(signers.flatMap((signer) => payloads.map(({ payload }) => signer.sign(payload))))
  return { ...card, signatures: [...(card.signatures ?? []), ...made] }
}

/** The bytes that are signed of a card, one entry per form that differs from those before it. */
export function cardPayloads(
  card: object,
  forms: readonly CardForm[] = ['spec', 'sdk'],
): { form: CardForm; payload: Uint8Array }[] {
  const seen = new Set<string>()
  return forms.flatMap((form) => {
    const text = canonicalAgentCard(card, form)
    if (seen.has(text)) return []
    seen.add(text)
    return [{ form, payload: new TextEncoder().encode(text) }]
  })
}
