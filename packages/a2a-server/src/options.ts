import type { AgentCard, CardSigner } from '@pf-agents/a2a-protocol'
import type { Agent, Awaitable, Principal } from '@pf-agents/agent-core'
import type { A2AExtension } from './extension/extension'
import type { StreamingOptions } from './stream/options'

/** What an agent card says beyond what the agent and its features say themselves. */
export type CardAdditions = Partial<Omit<AgentCard, 'supportedInterfaces' | 'skills'>> & {
  /** Skills beside the agent's own. */
  skills?: AgentCard['skills']
}

/** What callers that proved who they are see beyond the public card. */
export type ExtendedCard = CardAdditions | ((principal: Principal, agent: Agent) => Awaitable<CardAdditions>)

/** Options of `a2aServer`. */
export interface A2AServerOptions {
  /** Path of the interface, for both bindings. Default `/`. */
  path?: string
  /**
   * The app's address from outside, such as `https://agent.example.com`: the card's URLs are made of it. Default: the
   * address that the request for the card was sent to.
   */
  publicUrl?: string
  /** Bindings that are served, in the order of preference. Default `['JSONRPC', 'HTTP+JSON']`. */
  bindings?: readonly ('JSONRPC' | 'HTTP+JSON')[]
  /** Joins the card: provider, icon, documentation, extensions and the like. */
  card?: CardAdditions
  /** Turns the extended card on, and says what it adds (A2A 1.0, 3.1.11). */
  extendedCard?: ExtendedCard
  /**
   * Signs the card with each of these (`createCardSigner` of `@pf-agents/auth/jwt`), and extended cards too. Needs
   * `publicUrl`. Not in a component, which is signed when it is built. Default none.
   */
  signWith?: readonly Awaitable<CardSigner>[]
  /**
   * Whether callers of A2A 0.3 are served, too: those that name that version, or none, and use its methods or its paths
   * under `/v1`. Default true. `strictA2AServer` leaves the code for it out altogether.
   */
  v03?: boolean
  /** Seconds the card may be kept. Default 300. */
  cardMaxAgeSeconds?: number
  /** Extensions of the protocol, made with `defineExtension`. */
  extensions?: readonly A2AExtension[]
  /** How streams are kept. They are served where a feature such as `eventStream()` makes runs followable. */
  streaming?: StreamingOptions
}
