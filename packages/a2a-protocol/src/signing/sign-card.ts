import { PfError } from '@pf-agents/agent-core'
import type { AgentCard, AgentCardSignature } from '../wire/agent-card'
import { canonicalAgentCard, type CardForm } from './canonical-card'

/**
 * Member of a signature's protected header that says which {@link CardForm} the signature covers. What the form of the
 * SDKs leaves out of a card makes a text that is another card's form of the specification: without this, whoever carries a
 * card could make it that other card. Not critical (RFC 7515, 4.1.11), so that who does not know it goes by the rest.
 */
export const cardFormHeader = 'urn:pf-agents:a2a:card-form'

/** Makes signatures with one private key. `createCardSigner` of `@pf-agents/auth/jwt` makes one. */
export interface CardSigner {
  /** Names the key to those who verify. */
  readonly kid: string
  /**
   * The JWS of a payload (RFC 7515): protected header and signature, both base64url.
   * @param header - what the protected header must have beside the signer's own, or the signature is not used
   */
  sign(payload: Uint8Array, header?: Readonly<Record<string, string>>): Promise<AgentCardSignature>
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
 * until no cached card has the old one only. Each new one says in its protected header which form it covers; where the
 * forms are the same, it is that of the specification.
 *
 * @throws PfError PF_REQUEST_INVALID where the card has no canonical form; PF_CONFIG_INVALID where a signer leaves out of
 * its protected header what it was given; whatever a signer throws
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
  const made = await Promise.all(signers.flatMap((signer) => payloads.map((one) => signOne(signer, one))))
  return { ...card, signatures: [...(card.signatures ?? []), ...made] }
}

/** What is signed of a card. */
export interface CardPayload {
  readonly form: CardForm
  readonly payload: Uint8Array
}

/**
 * The bytes that are signed of a card, one entry per text: where the forms are the same, it is that of the specification,
 * because nothing is left out.
 */
export function cardPayloads(card: object, forms: readonly CardForm[] = ['spec', 'sdk']): CardPayload[] {
  const texts = new Map(forms.map((form) => [canonicalAgentCard(card, form), form]))
  const whole = canonicalAgentCard(card)
  return [...texts].map(([text, form]) => ({
    form: text === whole ? 'spec' : form,
    payload: new TextEncoder().encode(text),
  }))
}

async function signOne(signer: CardSigner, { form, payload }: CardPayload): Promise<AgentCardSignature> {
  const made = await signer.sign(payload, { [cardFormHeader]: form })
  // A signature over less that does not say so would be good for more than the card it was made for.
  if (formIn(made.protected) === form) return made
  throw new PfError(
    'PF_CONFIG_INVALID',
    `The signer of ${signer.kid} leaves "${cardFormHeader}" out of the protected header. It must take over what it is given.`,
  )
}

function formIn(encoded: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
    return (JSON.parse(new TextDecoder().decode(bytes)) as { [name: string]: unknown } | null)?.[cardFormHeader]
  } catch {
    return undefined
  }
}
