import { PfError } from '@pf-agents/agent-core'

const wellKnown = '.well-known/agent-card.json'

/**
 * Where the card of an agent is (§8.2): below the address given, which for a bare host is
 * `https://host/.well-known/agent-card.json`. An address that ends in `.json` is taken for the card's own.
 *
 * @throws PfError PF_CONFIG_INVALID where it is no http(s) URL
 */
export function agentCardUrl(address: string): string {
  let url: URL
  try {
    url = new URL(address)
  } catch (cause) {
    throw new PfError('PF_CONFIG_INVALID', `${JSON.stringify(address)} is not the URL of an agent.`, { cause })
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new PfError('PF_CONFIG_INVALID', `An agent is reached over http or https, not over ${url.protocol}`)
  }
  url.hash = ''
  if (!url.pathname.endsWith('.json')) url.pathname += (url.pathname.endsWith('/') ? '' : '/') + wellKnown
  return url.href
}
