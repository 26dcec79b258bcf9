import { type AgentCard, type AgentCardSignature, type CardSigner, signAgentCard } from '@pf-agents/a2a-protocol'
import { type Awaitable, type HostInfo, PfError, type Target } from '@pf-agents/agent-core'

/** Puts signatures on cards (A2A 1.0, 8.4): with the keys at hand on Node, or those that a component was built with. */
export interface CardSigning {
  /** The public card of a tenant. */
  publicCard(card: AgentCard, tenant: string): Awaitable<AgentCard>
  /** A card that is made for one caller. A component has no key to sign such a one with. */
  callersCard(card: AgentCard): Awaitable<AgentCard>
}

/** What {@link createCardSigning} goes by. */
export interface CardSigningParts {
  readonly signers: readonly Awaitable<CardSigner>[] | undefined
  readonly target: Target
  readonly publicUrl: string | undefined
  host(): HostInfo
}

/**
 * @throws PfError PF_CONFIG_INVALID where cards can not be signed: in a component, whose code anybody can read, or without
 * a public URL, where whoever asks for a card chooses the address that is signed
 */
export function createCardSigning({ signers = [], target, publicUrl, host }: CardSigningParts): CardSigning {
  if (signers.length > 0 && target === 'wasm') {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'a2aServer: a component holds no key. Leave "signWith" out, and have the card signed when the component is built.',
    )
  }
  if (signers.length > 0 && publicUrl === undefined) {
    throw new PfError('PF_CONFIG_INVALID', 'a2aServer: a card that is signed needs its address: set "publicUrl".')
  }
  const sign = async (card: AgentCard): Promise<AgentCard> =>
    signAgentCard(card, await Promise.all(signers.map(async (signer) => signer)))
  return {
    publicCard(card, tenant) {
      if (signers.length > 0) return sign(card)
      const made = host().cardSignatures
      const signatures = made && Object.hasOwn(made, tenant) ? made[tenant] : undefined
      // They were made over a card with this very address.
      if (signatures === undefined || publicUrl === undefined) return card
      return { ...card, signatures: signatures as unknown as AgentCardSignature[] }
    },
    callersCard: (card) => (signers.length > 0 ? sign(card) : card),
  }
}
