import { PfError } from '@pf-agents/agent-core'
import { isHeaderName, isHeaderValue } from './header-value'

// RFC 9110 §7.6.1: these speak of one connection; the rest of them would change what message is read.
const neverForwarded = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Makes a function that picks the headers to pass on, by name. What is not on the list stays behind; headers of the
 * connection can't be put on it. Values with control characters are left out.
 *
 * @throws PfError PF_CONFIG_INVALID where a name is malformed or must never be forwarded
 *
 * @example
 * ```ts
 * const forward = createHeaderForwarder(['traceparent', 'accept-language'])
 * await fetch(url, { headers: forward(request.headers) })
 * ```
 */
export function createHeaderForwarder(
  names: readonly string[],
): (from: { get(name: string): string | null }) => Record<string, string> {
  const allowed = names.map((name) => name.toLowerCase())
  for (const name of allowed) {
    if (!isHeaderName(name) || neverForwarded.has(name)) {
      throw new PfError(
        'PF_CONFIG_INVALID',
        `The header ${JSON.stringify(name)} can not be forwarded. Take it off the list.`,
        { details: { header: name } },
      )
    }
  }
  return (from) => {
    const picked: Record<string, string> = {}
    for (const name of allowed) {
      const value = from.get(name)
      if (value !== null && isHeaderValue(value)) picked[name] = value
    }
    return picked
  }
}
