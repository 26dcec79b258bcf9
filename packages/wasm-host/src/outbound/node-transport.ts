/**
 * Outbound calls over node:http. The host name is resolved here and every address vetted before a socket is opened to
 * exactly that address; redirects are never followed (node:http does not).
 */
import { lookup as resolve, type LookupAddress } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import { AllowList, parseTarget } from './allow-list'
import { errorCodeOf } from './error-code'
import { isPublicAddress } from './public-address'
import type { OutboundCall, OutboundEvents, OutboundRequest, OutboundTransport } from './transport'

/** Bytes of a body the host holds for a slow reader. */
const WINDOW = 256 * 1024
const denied = { tag: 'HTTP-request-denied' } as const
const coded = (code: string): Error => Object.assign(new Error(code), { code })

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** Resolves like node does, and answers only addresses of the public internet. Being the socket's own lookup, it pins them. */
function vettedLookup(
  hostname: string,
  options: { all?: boolean; family?: unknown; hints?: number },
  callback: LookupCallback,
): void {
  resolve(
    hostname,
    { all: true, ...(options.hints === undefined ? {} : { hints: options.hints }) },
    (error, addresses) => {
      if (error) return callback(error, '')
      const allowed = addresses.filter(({ address }) => isPublicAddress(address))
      const first = allowed[0]
      // One private answer among public ones is a rebinding attempt or a misconfiguration: neither is worth a connection.
      if (!first || allowed.length !== addresses.length) return callback(coded('PF_ADDRESS_PROHIBITED'), '')
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    },
  )
}

export class NodeTransport implements OutboundTransport {
  readonly #allow: AllowList
  readonly #self: string | undefined
  readonly #agents: Record<string, http.Agent>

  constructor(patterns: readonly string[], self: string | undefined) {
    this.#allow = new AllowList(patterns)
    this.#self = self
    const keep = { keepAlive: true, maxFreeSockets: 16, timeout: 30_000 }
    // Vetted and literal connections live in agents of their own, so that one never reuses the other's socket.
    this.#agents = {
      'http:by-name': new http.Agent({ ...keep, lookup: vettedLookup } as http.AgentOptions),
      'https:by-name': new https.Agent({ ...keep, lookup: vettedLookup } as https.AgentOptions),
      'http:literal': new http.Agent(keep),
      'https:literal': new https.Agent(keep),
    }
  }

  open(request: OutboundRequest, events: OutboundEvents): OutboundCall {
    const target = parseTarget(request.scheme, request.authority)
    if (!target) throw { tag: 'HTTP-request-URI-invalid' }
    const permission = this.#allow.check(target, this.#self)
    if (permission === 'denied') throw denied
    if (permission === 'by-name' && isIP(target.host) && !isPublicAddress(target.host))
      throw { tag: 'destination-IP-prohibited' }
    let { scheme, host, port } = target
    if (permission === 'self') {
      if (this.#self === undefined) throw denied
      const own = parseTarget('http', this.#self)
      if (!own) throw denied
      ;({ scheme, host, port } = own)
      if (host === '0.0.0.0') host = '127.0.0.1'
      if (host === '::') host = '::1'
    }
    const kind = permission === 'by-name' ? 'by-name' : 'literal'
    return startCall(request, { scheme, host, port, agent: this.#agents[`${scheme}:${kind}`] as http.Agent }, events)
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }
}

interface Route {
  scheme: 'http' | 'https'
  host: string
  port: number
  agent: http.Agent
}

function startCall(request: OutboundRequest, route: Route, events: OutboundEvents): OutboundCall {
  let over = false
  let response: http.IncomingMessage | undefined
  let unread = 0
  let timer: NodeJS.Timeout | undefined
  const limit = (ms: number | undefined, code: string) => {
    clearTimeout(timer)
    timer = ms === undefined || over ? undefined : setTimeout(() => outgoing.destroy(coded(code)), ms)
  }
  const finish = (report: () => void) => {
    if (over) return
    over = true
    clearTimeout(timer)
    report()
  }
  const headers: Record<string, string | string[]> = { host: request.authority }
  for (const [name, value] of request.headers) {
    const before = headers[name]
    headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }

  const outgoing = (route.scheme === 'https' ? https : http).request({
    agent: route.agent,
    host: route.host,
    port: route.port,
    method: request.method,
    path: request.path,
    headers,
    setDefaultHeaders: false,
    ...(route.scheme === 'https' && !isIP(route.host) ? { servername: route.host } : {}),
  } as http.RequestOptions)
  // setDefaultHeaders: false also leaves out the framing of a body, which is the transport's to decide.
  if (!('content-length' in headers) && !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(request.method))
    outgoing.setHeader('transfer-encoding', 'chunked')
  outgoing.on('socket', (socket) => {
    if (socket.connecting) {
      limit(request.connectTimeoutMs, 'PF_CONNECT_TIMEOUT')
      socket.once('connect', () => limit(request.firstByteTimeoutMs, 'PF_FIRST_BYTE_TIMEOUT'))
    } else limit(request.firstByteTimeoutMs, 'PF_FIRST_BYTE_TIMEOUT')
  })
  outgoing.on('drain', () => events.drain())
  outgoing.on('error', (error) => finish(() => events.error(errorCodeOf(error))))
  outgoing.on('response', (incoming) => {
    if (over) return
    response = incoming
    const pairs: [string, string][] = []
    for (let index = 0; index < incoming.rawHeaders.length; index += 2)
      pairs.push([incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string])
    limit(request.betweenBytesTimeoutMs, 'PF_BETWEEN_BYTES_TIMEOUT')
    events.response(incoming.statusCode ?? 502, pairs)
    incoming.on('data', (chunk: Buffer) => {
      if (over) return
      limit(request.betweenBytesTimeoutMs, 'PF_BETWEEN_BYTES_TIMEOUT')
      unread += chunk.byteLength
      if (unread >= WINDOW) incoming.pause()
      // A copy of its own: node hands out slices of a shared slab.
      events.data(new Uint8Array(chunk))
    })
    incoming.on('end', () => finish(() => events.end()))
    incoming.on('error', (error) => finish(() => events.error(errorCodeOf(error))))
    incoming.on('close', () => finish(() => events.error({ tag: 'HTTP-response-incomplete' })))
  })
  return {
    room: () => (over && !response ? -1 : Math.max(0, WINDOW - outgoing.writableLength)),
    write: (chunk) => void outgoing.write(chunk),
    end: () => void outgoing.end(),
    consumed: (bytes) => {
      unread -= bytes
      if (response?.isPaused() && unread < WINDOW) response.resume()
    },
    abort: () => {
      finish(() => {})
      outgoing.destroy()
    },
  }
}
