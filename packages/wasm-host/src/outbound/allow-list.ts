/**
 * Which hosts a guest may call. A pattern is `scheme://host[:port]`; the scheme may be `*`, the host `*`, `*.domain` or
 * a literal, the port a number or `*`. `self` (also `http://self`) is the app's own address.
 */
import { isIP } from 'node:net'

export interface Target {
  scheme: 'http' | 'https'
  /** Lower case, IPv6 without brackets. */
  host: string
  port: number
}

interface Pattern {
  scheme: string
  host: string
  port: number | undefined | '*'
}

const DEFAULT_PORT = { http: 80, https: 443 } as const

/** Splits an authority; undefined when it isn't one. */
export function parseTarget(scheme: string, authority: string): Target | undefined {
  if (scheme !== 'http' && scheme !== 'https') return undefined
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:@/?#\s[\]]+)(?::(\d{1,5}))?$/.exec(authority)
  if (!match) return undefined
  const port = match[2] === undefined ? DEFAULT_PORT[scheme] : Number(match[2])
  if (port > 65535) return undefined
  const host = (match[1] as string)
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  return { scheme, host, port }
}

function parsePattern(text: string): Pattern {
  const match = /^(\*|https?):\/\/(\[[0-9a-fA-F:.]+\]|[^:@/?#\s[\]]+)(?::(\d{1,5}|\*))?\/?$/.exec(text)
  if (!match)
    throw new TypeError(
      `'${text}' is not an outbound pattern; write scheme://host[:port], for example https://api.example.com, or self`,
    )
  const [, scheme = '', host = '', port] = match
  if (host.includes('*') && host !== '*' && !/^\*\.[^*]+$/.test(host)) {
    throw new TypeError(
      `'${text}': a wildcard stands for the whole host or its first label, as in https://*.example.com`,
    )
  }
  return {
    scheme,
    host: host.toLowerCase().replace(/^\[|\]$/g, ''),
    port: port === undefined || port === '*' ? port : Number(port),
  }
}

/** How a target is allowed: not at all, as a name (its addresses are vetted), literally (address or localhost), or as the app itself. */
export type Permission = 'denied' | 'by-name' | 'literal' | 'self'

export class AllowList {
  readonly #patterns: Pattern[]
  readonly #self: boolean

  constructor(patterns: readonly string[]) {
    const isSelf = (text: string) => /^(?:(?:\*|https?):\/\/)?self(?:\.alt)?\/?$/.test(text)
    this.#self = patterns.some(isSelf)
    this.#patterns = patterns.filter((text) => !isSelf(text)).map(parsePattern)
  }

  /** `self` is the host:port the app is served on, when it is. */
  check(target: Target, self: string | undefined): Permission {
    if (this.#self && (target.host === 'self' || target.host === 'self.alt')) return 'self'
    const names = target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`
    if (this.#self && self !== undefined && names === self.toLowerCase()) return 'self'
    let allowed: Permission = 'denied'
    for (const pattern of this.#patterns) {
      if (!matches(pattern, target)) continue
      const literal = pattern.host === target.host && (isIP(target.host) !== 0 || target.host === 'localhost')
      if (literal) return 'literal'
      allowed = 'by-name'
    }
    return allowed
  }
}

function matches(pattern: Pattern, target: Target): boolean {
  if (pattern.scheme !== '*' && pattern.scheme !== target.scheme) return false
  if (pattern.port !== '*' && (pattern.port ?? DEFAULT_PORT[target.scheme]) !== target.port) return false
  if (pattern.host === '*') return true
  if (pattern.host.startsWith('*.'))
    return target.host.endsWith(pattern.host.slice(1)) && target.host.length > pattern.host.length - 1
  return pattern.host === target.host
}
