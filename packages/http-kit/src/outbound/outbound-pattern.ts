import { PfError } from '@pf-agents/agent-core'

/** A rule that says which addresses may be called. */
export interface OutboundPattern {
  /** `https:` with colon, or `*`. */
  protocol: string
  /** Host in lower case; `*.example.com` for its subdomains; `*` for every host. */
  host: string
  /** Port as a number in digits, or `*`. */
  port: string
}

const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443' }

/**
 * Reads a rule such as `https://api.example.com`, `https://*.example.com`, `http://localhost:*` or `*://*:*`: the
 * notation of Spin's `allowed_outbound_hosts`. Without a port, the scheme's own is meant (with scheme `*`, any).
 *
 * @throws PfError PF_CONFIG_INVALID
 */
export function parseOutboundPattern(pattern: string): OutboundPattern {
  const match = /^(\*|[a-z][a-z0-9+.-]*):\/\/(\*|(?:\*\.)?[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\*|\d{1,5}))?\/?$/i.exec(
    pattern,
  )
  if (!match) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${JSON.stringify(pattern)} does not name outbound hosts. Write scheme://host[:port], such as https://api.example.com or http://localhost:*.`,
    )
  }
  const protocol = match[1] === '*' ? '*' : `${match[1]?.toLowerCase()}:`
  return { protocol, host: (match[2] as string).toLowerCase(), port: match[3] ?? defaultPorts[protocol] ?? '*' }
}

/** Whether a rule speaks of this address. */
export function matchesOutbound(pattern: OutboundPattern, url: URL): boolean {
  if (pattern.protocol !== '*' && pattern.protocol !== url.protocol) return false
  if (pattern.port !== '*' && pattern.port !== (url.port || defaultPorts[url.protocol])) return false
  if (pattern.host === '*') return true
  if (pattern.host.startsWith('*.'))
    return url.hostname.endsWith(pattern.host.slice(1)) && url.hostname.length > pattern.host.length - 1
  return url.hostname === pattern.host
}

/** Makes a function that says whether any of the rules speaks of an address. */
export function createOutboundMatcher(patterns: readonly string[]): (url: URL) => boolean {
  const parsed = patterns.map(parseOutboundPattern)
  return (url) => parsed.some((pattern) => matchesOutbound(pattern, url))
}
