/** Whom a request is for and what it asks for. */
export interface RequestTarget {
  /** Host, with a port where one is named. */
  authority: string
  /** Path and query, from the first slash on. */
  path: string
}

/** The last text found good: most requests to a server are for the same host, and parsing a URL costs microseconds. */
let lastGood = ''

const hostAndPort = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

/**
 * Whether a text is `host` or `host:port` and nothing else: a name of letters, digits, dots, hyphens and underscores, an
 * IPv4 address, or an IPv6 one in brackets. No user, no percent-encoding, and nothing that a URL parser would refuse or
 * read as something else: what passes can stand in a URL of an agent card.
 */
export function isAuthority(text: string): boolean {
  if (text === lastGood) return text !== ''
  if (!hostAndPort.test(text)) return false
  try {
    new URL(`http://${text}`)
    lastGood = text
    return true
  } catch {
    return false
  }
}

/**
 * The Host of a request as `requestTarget` takes it: the header as the server tells it, or an empty one, which is not
 * valid, where the request has several. Servers tell the first, and what stands before them may have gone by the last
 * (RFC 9112 §3.2).
 *
 * @param rawHeaders - names and values in turn, as Node has them
 * @param host - the Host header as the server tells it
 */
export function onlyHost(rawHeaders: readonly string[], host: string | undefined): string | undefined {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host' && ++count > 1) return ''
  }
  return host
}

/**
 * Whom an HTTP/1 request is for (RFC 9112 §3.2, §3.3): the Host header, or the address in the request line where that has
 * one. A request of HTTP/1.0 may come without a Host; then it is for `own`.
 *
 * @param target - the second word of the request line
 * @param host - the Host header
 * @param own - host and port it was sent to
 * @returns undefined where the Host or the target is not valid, which is to be answered 400
 *
 * @example
 * ```ts
 * const target = requestTarget(request.url ?? '/', onlyHost(request.rawHeaders, request.headers.host), '127.0.0.1:3000')
 * if (target === undefined) return respond(400)
 * ```
 */
export function requestTarget(target: string, host: string | undefined, own: string): RequestTarget | undefined {
  if (host !== undefined && !isAuthority(host)) return undefined
  if (target.startsWith('/')) return { authority: host ?? own, path: target }
  const [, authority, path = ''] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(target) ?? []
  if (authority === undefined || !isAuthority(authority)) return undefined
  return { authority, path: path.startsWith('/') ? path : `/${path}` }
}
