import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import { PfError } from '@pf-agents/agent-core'
import { createOutboundMatcher } from '../outbound/outbound-pattern'
import { refusedAddressClass } from './address-class'

/** An address a name stands for. */
export interface ResolvedAddress {
  address: string
  family: number
}

/** Which addresses may be called. */
export interface OutboundRules {
  /**
   * Addresses that may be called whatever the other rules say, such as `http://localhost:*` in development or
   * `http://billing.internal:8080`. Notation of {@link parseOutboundPattern}. Default none.
   */
  allow?: readonly string[] | undefined
  /** Where given, nothing else may be called; the rules hold for these as well. Default: any public address. */
  only?: readonly string[] | undefined
  /** Whether plain `http:` may be called. Default false. */
  allowHttp?: boolean | undefined
  /** Ports beside the scheme's own, or `any`. Default none. */
  ports?: readonly number[] | 'any' | undefined
  /** Finds the addresses of a name. Default: the system's resolver. */
  resolve?: ((hostname: string) => Promise<ResolvedAddress[]>) | undefined
}

/** Judges addresses before and while a connection is made. */
export interface OutboundGuard {
  /** Refuses what can be told from the address alone. @throws PfError PF_OUTBOUND_DENIED */
  check(url: URL): void
  /**
   * The addresses that a connection to this URL may use: every one the name stands for, all of them checked.
   * @throws PfError PF_OUTBOUND_DENIED where any of them is refused
   */
  resolve(url: URL): Promise<ResolvedAddress[]>
}

const resolveName = (hostname: string) => lookup(hostname, { all: true, order: 'verbatim' })

/** Makes the judge of a set of rules. */
export function createOutboundGuard(rules: OutboundRules = {}): OutboundGuard {
  const isAllowed = createOutboundMatcher(rules.allow ?? [])
  const isListed = rules.only && createOutboundMatcher(rules.only)
  const { ports = [], resolve = resolveName } = rules

  const checkAddress = (address: string, url: URL) => {
    const refused = refusedAddressClass(address)
    // Which class it is goes into the log by way of the cause; a caller could map an internal network with it.
    if (refused) throw denied(url, 'address', `${address} is ${refused}`)
  }
  return {
    check(url) {
      if (url.protocol !== 'https:' && url.protocol !== 'http:') throw denied(url, 'scheme')
      if (url.username || url.password) throw denied(url, 'credentials')
      if (isAllowed(url)) return
      if (isListed && !isListed(url)) throw denied(url, 'list')
      if (url.protocol === 'http:' && !rules.allowHttp) throw denied(url, 'scheme')
      if (url.port && ports !== 'any' && !ports.includes(Number(url.port))) throw denied(url, 'port')
      const host = bareHost(url)
      if (isIP(host)) checkAddress(host, url)
    },
    async resolve(url) {
      const host = bareHost(url)
      const family = isIP(host)
      const addresses = family ? [{ address: host, family }] : await resolve(host)
      if (addresses.length === 0) throw Object.assign(new Error(`No address for ${host}`), { code: 'ENOTFOUND' })
      // One bad answer among good ones is how a rebinding name slips through: all or none.
      if (!isAllowed(url)) for (const { address } of addresses) checkAddress(address, url)
      return addresses
    },
  }
}

/**
 * The `lookup` of a connection to this URL: the connection goes to an address that was checked, because it is the
 * check that finds the address. A name resolved again afterwards could stand for another one.
 */
export function pinnedLookup(guard: OutboundGuard, url: URL): LookupFunction {
  const resolve = callbackify(() => guard.resolve(url))
  return (_hostname, options, callback) => {
    resolve((error, addresses) => {
      if (error) return callback(error, '', 0)
      const { family, all } = options
      const wanted = family === 4 || family === 6 ? addresses.filter((each) => each.family === family) : addresses
      const first = wanted[0]
      if (!first) callback(Object.assign(new Error('No address of the family'), { code: 'ENOTFOUND' }), '', 0)
      else if (all) callback(null, wanted)
      else callback(null, first.address, first.family)
    })
  }
}

/** The host of a URL without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
}

const sentences = {
  scheme: 'its scheme is not allowed',
  credentials: 'it has credentials in it',
  list: 'the host is not on the list of outbound hosts',
  port: 'its port is not allowed',
  address: 'it is not a public address',
}

function denied(url: URL, reason: keyof typeof sentences, cause?: string): PfError<'PF_OUTBOUND_DENIED'> {
  return new PfError(
    'PF_OUTBOUND_DENIED',
    `${url.protocol}//${url.host} may not be called: ${sentences[reason]}. Add it to the agent's needs.outbound or to the host's allow-list if it is meant to be.`,
    { details: { host: url.host, reason }, ...(cause && { cause: new Error(cause) }) },
  )
}
