import { A2A_VERSION, A2A_VERSION_0_3, type AgentCard, type AgentInterface, sameVersion } from '@pf-agents/a2a-protocol'
import { PfError } from '@pf-agents/agent-core'
import type { ClientBinding, InterfacePreference } from '../options'

/** An interface this client can use. */
export interface ChosenInterface {
  url: string
  binding: ClientBinding
  /** Sent with every request exactly as the card has it (§4.4.6). */
  tenant: string | undefined
  /** Wire version, Major.Minor. */
  version: string
}

const spoken: readonly ClientBinding[] = ['JSONRPC', 'HTTP+JSON']
/** In order of preference. */
const spokenVersions: readonly string[] = [A2A_VERSION, A2A_VERSION_0_3]

/**
 * The first interface of a card that can be used (§8.3): binding and version this client speaks, an http(s) address,
 * and no plain http where the card itself came over https.
 *
 * @param cardUrl - where the card is from, if known
 * @throws PfError PF_REMOTE_CARD that lists what the card offers
 */
export function chooseInterface(card: AgentCard, prefer: InterfacePreference = {}, cardUrl?: string): ChosenInterface {
  const { versions = spokenVersions } = prefer
  const secure = cardUrl?.startsWith('https:') ?? false
  const usable = card.supportedInterfaces.filter(({ url, protocolBinding, protocolVersion }) => {
    const known =
      spoken.includes(protocolBinding as ClientBinding) &&
      spokenVersions.some((version) => sameVersion(protocolVersion, version))
    return known && isAddress(url, secure)
  })
  for (const version of versions) {
    const candidates = usable.filter(({ protocolVersion }) => sameVersion(protocolVersion, version))
    const chosen = prefer.bindings
      ? prefer.bindings.map((binding) => candidates.find((each) => each.protocolBinding === binding)).find(Boolean)
      : candidates[0]
    if (chosen) return usedAs(chosen, version)
  }
  const offered = card.supportedInterfaces.map(
    (each) => `${each.protocolBinding} ${each.protocolVersion} at ${each.url}`,
  )
  const wanted = `${(prefer.bindings ?? spoken).join(' or ')}, version ${versions.join(' or ')}${secure ? ', over https' : ''}`
  throw new PfError(
    'PF_REMOTE_CARD',
    `The agent ${JSON.stringify(card.name)} has no interface this client can use. It offers ${offered.slice(0, 10).join('; ')}; wanted is ${wanted}.`,
    { details: { offered: offered.slice(0, 10) } },
  )
}

function isAddress(text: string, secure: boolean): boolean {
  try {
    const { protocol } = new URL(text)
    return protocol === 'https:' || (protocol === 'http:' && !secure)
  } catch {
    return false
  }
}

function usedAs({ url, protocolBinding, tenant }: AgentInterface, version: string): ChosenInterface {
  // An empty string is what ProtoJSON readers make of no tenant.
  return { url, binding: protocolBinding as ClientBinding, tenant: tenant || undefined, version }
}
