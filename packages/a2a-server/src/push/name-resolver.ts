import { promises as dns } from 'node:dns'
import { createOutboundMatcher, parseOutboundPattern } from '@pf-agents/http-kit'
import type { ResolvedAddress } from '@pf-agents/http-kit/node'

/** How often a name server is asked; the second wait is twice as long. */
const asks = 2

/** Whether a look-up came to the answer that nothing has this name, or that no address goes with it; not that none was had. */
export function isNoSuchName(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME'
}

/** Options of {@link createNameResolver}. */
export interface NameResolverOptions {
  /** Addresses that the operator names: see `OutboundRules`. */
  allow?: readonly string[] | undefined
  only?: readonly string[] | undefined
  /** Name servers, `address:port`. Default: the system's. */
  servers?: readonly string[]
  /** Milliseconds until a name server is asked again. Default 2,000. */
  askMs?: number
}

/**
 * Finds the addresses of names that callers gave, by asking name servers without a thread for each question. The system's
 * own way (getaddrinfo) has two threads for the whole process, so a few names whose servers never answer would hold up the
 * names of everybody, and not in push notifications alone.
 *
 * Names that the operator lists are looked up the system's way: they may stand in a hosts file, or be known to it otherwise.
 */
export function createNameResolver({ allow = [], only = [], servers, askMs = 2_000 }: NameResolverOptions = {}) {
  const resolver = new dns.Resolver({ timeout: askMs, tries: asks })
  if (servers !== undefined) resolver.setServers(servers)
  const listed = [...allow, ...only].map(parseOutboundPattern).filter(({ host }) => host !== '*')
  const isListed = createOutboundMatcher(listed.map(({ host }) => `*://${host}:*`))
  const bySystem = (hostname: string): Promise<ResolvedAddress[]> =>
    dns.lookup(hostname, { all: true, order: 'verbatim' })

  return async (hostname: string): Promise<ResolvedAddress[]> => {
    if (isListed(new URL(`https://${hostname}`))) return bySystem(hostname)
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found: ResolvedAddress[] = []
    if (four.status === 'fulfilled') for (const address of four.value) found.push({ address, family: 4 })
    if (six.status === 'fulfilled') for (const address of six.value) found.push({ address, family: 6 })
    if (found.length > 0 || four.status === 'fulfilled') return found
    // There is no name server to ask: the system may know another way. No caller can bring that about.
    if ((four.reason as NodeJS.ErrnoException).code === 'ECONNREFUSED') return bySystem(hostname)
    // That there is no address of one kind says nothing where those of the other could not be asked for.
    throw six.status === 'rejected' && isNoSuchName(four.reason) ? six.reason : four.reason
  }
}
