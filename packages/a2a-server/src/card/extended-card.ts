import { A2AError, type AgentCapabilities, type AgentCard } from '@pf-agents/a2a-protocol'
import type { Principal } from '@pf-agents/agent-core'
import type { Endpoint } from '../endpoint'
import type { CardAdditions, ExtendedCard } from '../options'
import { buildCard, type CardPlace, joinAdditions } from './build-card'
import type { CardSigning } from './sign-card'

/** GetExtendedAgentCard (A2A 1.0, 3.1.11): the public card and what this caller may see beyond it. */
export async function extendedCard(
  extended: ExtendedCard | undefined,
  additions: CardAdditions & { capabilities: AgentCapabilities },
  endpoint: Endpoint,
  place: CardPlace,
  principal: Principal,
  signing: CardSigning,
): Promise<AgentCard> {
  if (extended === undefined) throw new A2AError('ExtendedAgentCardNotConfiguredError')
  const more = typeof extended === 'function' ? await extended(principal, endpoint.agent) : extended
  return signing.callersCard(buildCard(endpoint.agent, joinAdditions([additions, more]), place))
}
