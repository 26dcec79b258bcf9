import { PfError } from '../error/pf-error'

/** A rule that says which addresses may be called. */
export interface OutboundRule {
  /** `https:` with colon, or `*`. */
  readonly protocol: string
  /** Host in lower case; `*.example.com` for its subdomains; `*` for every host. */
  readonly host: string
  /** Port in digits, or `*`. */
  readonly port: string
}

const form = /^(\*|[a-z][a-z0-9+.-]*):\/\/(\*|(?:\*\.)?[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\*|\d{1,5}))?\/?$/i
const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/**
 * Reads an outbound pattern such as `https://api.example.com`, `https://*.example.com` (any depth below),
 * `http://127.0.0.1:*` or `*://*:*`: the notation of Spin's `allowed_outbound_hosts`. Without a port, the scheme's own is
 * meant (with the scheme `*`, any).
 *
 * @throws PfError PF_CONFIG_INVALID
 */
export function parseOutbound(pattern: string): OutboundRule {
  const match = form.exec(pattern)
  if (match === null) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${JSON.stringify(pattern)} does not name outbound hosts. Write scheme://host[:port], such as https://api.example.com or http://localhost:*.`,
    )
  }
  const [, scheme, host, port] = match as unknown as [string, string, string, string | undefined]
  const protocol = scheme === '*' ? '*' : `${scheme.toLowerCase()}:`
  return { protocol, host: host.toLowerCase(), port: port ?? defaultPorts[protocol] ?? '*' }
}

/** Whether a URL is covered by an outbound pattern. Scheme, host and port must match. @throws PfError PF_CONFIG_INVALID */
export function matchesOutbound(pattern: string, url: URL): boolean {
  return covers(parseOutbound(pattern), url)
}

function covers(rule: OutboundRule, url: URL): boolean {
  if (rule.protocol !== '*' && rule.protocol !== url.protocol) return false
  if (rule.port !== '*' && rule.port !== (url.port || defaultPorts[url.protocol])) return false
  if (rule.host === '*') return true
  if (rule.host.startsWith('*.'))
    return url.hostname.endsWith(rule.host.slice(1)) && url.hostname.length >= rule.host.length
  return url.hostname === rule.host
}

/** Lists that were read before: an agent's is the same for every call. */
const read = new WeakMap<readonly string[], Read>()

interface Read {
  from: string
  rules: readonly OutboundRule[]
  /** The newest address that was covered: most agents call the same one again and again. */
  covered?: string
}

function readOf(patterns: readonly string[]): Read {
  const from = patterns.join()
  let known = read.get(patterns)
  if (known?.from !== from) read.set(patterns, (known = { from, rules: patterns.map(parseOutbound) }))
  return known
}

/**
 * Checks that a call is one of those an agent said it makes. Only the address as it is written is looked at; what its name
 * resolves to is the transport's to check.
 *
 * @param patterns - the agent's `needs.outbound`; none of them allows nothing
 * @param address - absolute
 * @throws PfError PF_OUTBOUND_DENIED where no pattern covers the URL; PF_CONFIG_INVALID for what is no pattern;
 * TypeError for what is no address
 * @example
 * ```ts
 * checkOutbound(['https://api.example.com'], 'https://api.example.com/v1') // fine
 * ```
 */
export function checkOutbound(patterns: readonly string[], address: string | URL): void {
  const known = readOf(patterns)
  if (known.covered === address) return
  const url = new URL(address)
  if (known.rules.some((rule) => covers(rule, url))) {
    if (typeof address === 'string') known.covered = address
    return
  }
  throw new PfError(
    'PF_OUTBOUND_DENIED',
    `Calls to ${url.protocol}//${url.host} are not allowed. Add it to the agent's needs.outbound.`,
  )
}
