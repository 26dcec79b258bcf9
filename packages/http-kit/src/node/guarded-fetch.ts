import http from 'node:http'
import https from 'node:https'
import { PfError } from '@pf-agents/agent-core'
import { discard } from '../body/read-body'
import { exchange } from './exchange'
import { createOutboundGuard, type OutboundRules, pinnedLookup } from './outbound-guard'
import { outgoingBody } from './request-body'

/** Options of {@link createGuardedFetch}. */
export interface GuardedFetchOptions extends OutboundRules {
  /** Redirects followed where a call asks for `redirect: 'follow'`; every hop is checked. Default 5. */
  maxRedirects?: number | undefined
  /** Certificates (PEM) to trust beside the usual ones, for private peers. */
  ca?: string | string[] | undefined
}

/** A `fetch` that calls only what it may. */
export interface GuardedFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Closes connections that are kept open for the next call. */
  close(): void
}

/**
 * A `fetch` for addresses that somebody else supplied: a caller's webhook, a URL from a model or from an agent card.
 * It refuses other schemes than https, credentials in the URL, other ports, and names or addresses that are not
 * public: loopback, private, link-local (cloud metadata) and the like, in every notation, with all answers of DNS
 * checked. The connection goes to the very address that was checked. Redirects are handed back, not followed, unless
 * the options of a call ask for `redirect: 'follow'`; then each hop is checked, and only harmless headers go to another origin.
 *
 * Proxy settings of the environment are not used. Node only; inside a component the host's allow-list does this work.
 *
 * @throws PfError PF_OUTBOUND_DENIED, from the returned function; network failures are a TypeError, as of `fetch`
 *
 * @example
 * ```ts
 * const guarded = createGuardedFetch({ allow: ['http://localhost:*'] })
 * const response = await guarded('https://hooks.example.com/a2a', { method: 'POST', body })
 * ```
 */
export function createGuardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const guard = createOutboundGuard(options)
  const { maxRedirects = 5 } = options
  // An idle connection is closed soon: a peer that closes it first would fail the next request on it.
  const pool = { keepAlive: true, timeout: 4_000, scheduling: 'lifo' as const }
  const agents = {
    http: new http.Agent(pool),
    https: new https.Agent({ ...pool, ...(options.ca && { ca: options.ca }) }),
  }

  const send = (
    url: URL,
    method: string,
    headers: Headers,
    content: ReturnType<typeof outgoingBody>['content'],
    signal: AbortSignal | undefined,
  ) => {
    guard.check(url)
    return exchange({
      url,
      method,
      headers,
      body: content,
      signal,
      lookup: pinnedLookup(guard, url),
      agent: url.protocol === 'https:' ? agents.https : agents.http,
    })
  }

  const guarded = async (input: string | URL | Request, given: RequestInit = {}): Promise<Response> => {
    const init = input instanceof Request ? { ...partsOf(input), ...given } : given
    let url = parseUrl(input instanceof Request ? input.url : String(input))
    let method = (init.method ?? 'GET').toUpperCase()
    const body = outgoingBody(init.body)
    let content = body.content
    let headers = new Headers(init.headers)
    if (body.contentType && !headers.has('content-type')) headers.set('content-type', body.contentType)
    const signal = init.signal ?? undefined

    for (let hop = 0; ; hop++) {
      const response = await send(url, method, headers, content, signal)
      const location = isRedirect(response.status) ? response.headers.get('location') : null
      if (location === null || init.redirect === undefined || init.redirect === 'manual') return response
      discard(response)
      if (init.redirect === 'error') throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') })
      if (hop >= maxRedirects) throw new TypeError('fetch failed', { cause: new Error('redirect count exceeded') })

      const next = parseUrl(location, url)
      // Fetch §4.4: what becomes a GET loses its body.
      if (
        ((response.status === 301 || response.status === 302) && method === 'POST') ||
        (response.status === 303 && method !== 'HEAD')
      ) {
        method = 'GET'
        content = undefined
        headers = without(headers, ['content-type', 'content-encoding', 'content-language', 'content-location'])
      } else if (content !== undefined && !(content instanceof Uint8Array)) {
        throw new TypeError('fetch failed', { cause: new Error('a streamed body can not be sent to another address') })
      }
      if (next.origin !== url.origin) headers = onlyHarmless(headers)
      url = next
    }
  }
  return Object.assign(guarded, {
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  })
}

/** What a Request has to say, as options. `redirect` is not taken over: a Request that was not told says `follow`. */
function partsOf({ method, headers, body, signal }: Request): RequestInit {
  return { method, headers, body, signal }
}

const isRedirect = (status: number) =>
  status === 301 || status === 302 || status === 303 || status === 307 || status === 308

function without(headers: Headers, names: readonly string[]): Headers {
  const rest = new Headers(headers)
  for (const name of names) rest.delete(name)
  return rest
}

// Any other header may be a credential: API keys have names of all kinds.
const harmless = new Set([
  'accept',
  'accept-language',
  'content-encoding',
  'content-language',
  'content-type',
  'user-agent',
])

function onlyHarmless(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => harmless.has(name)))
}

function parseUrl(input: string, base?: URL): URL {
  try {
    return new URL(input, base)
  } catch (cause) {
    throw new PfError('PF_OUTBOUND_DENIED', 'An outbound address is not a URL.', { cause, details: { reason: 'url' } })
  }
}
