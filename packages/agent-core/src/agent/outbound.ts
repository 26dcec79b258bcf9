import { PfError } from '../error/pf-error'

/**
 * Whether a URL is covered by an outbound pattern: `https://api.example.com`, `https://api.example.com:8443`,
 * `https://*.example.com` (any depth below), `http://127.0.0.1:*` (any port). Scheme and port must match.
 */
export function matchesOutbound(pattern: string, url: URL): boolean {
  const match = /^(https?):\/\/(\[[^\]]+\]|[^/:]+)(?::(\*|\d+))?\/?$/.exec(pattern.toLowerCase())
  if (match === null) return false
  const [, scheme, host, port] = match as unknown as [string, string, string, string | undefined]
  if (url.protocol !== `${scheme}:`) return false
  if (port !== '*' && (port ?? '') !== url.port && !(url.port === '' && port === (scheme === 'https' ? '443' : '80'))) return false
  if (host.startsWith('*.')) return url.hostname.endsWith(host.slice(1)) && url.hostname.length > host.length - 1
  return url.hostname === host
}

/** @throws PfError PF_OUTBOUND_DENIED where no pattern covers the URL. */
export function checkOutbound(patterns: readonly string[], url: URL): void {
  if (patterns.some((pattern) => matchesOutbound(pattern, url))) return
  throw new PfError('PF_OUTBOUND_DENIED', `Calls to ${url.protocol}//${url.host} are not allowed. Add it to the agent's needs.outbound.`)
}
