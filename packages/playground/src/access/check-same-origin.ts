import { PfError, type RequestInfo } from '@pf-agents/agent-core'

/**
 * Refuses what a page of another origin asked for. Browsers say so in a header that no page can set (Fetch Metadata);
 * what is no browser does not.
 *
 * @throws PfError PF_FORBIDDEN
 */
export function checkSameOrigin(info: RequestInfo): void {
  const site = info.header('sec-fetch-site')
  if (site === null || site === 'same-origin' || site === 'none') return
  throw new PfError('PF_FORBIDDEN', 'The playground answers its own page only.')
}
