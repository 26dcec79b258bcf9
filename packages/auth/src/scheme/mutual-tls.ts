import { type Awaitable, PfError, type Principal } from '@pf-agents/agent-core'
import { createAddressList } from '../check/address-list'
import { type CertificateFormat, type ClientCertificate, readCertificate } from '../check/client-certificate'
import type { AuthScheme } from './auth-scheme'
import { checkScopes } from './challenge'
import { malformed, refuse } from './refusal'

/** Options of {@link mutualTls}. */
export interface MutualTlsOptions {
  /** Addresses of the proxies that check certificates, such as `10.0.0.7` or `10.0.0.0/8`. From anybody else the header counts for nothing. */
  trustedProxies: readonly string[]
  /**
   * How the proxy passes the certificate on: `client-cert` (RFC 9440), `xfcc` (Envoy's X-Forwarded-Client-Cert) or `pem`
   * (percent-encoded, as nginx's `$ssl_client_escaped_cert`). Default `client-cert`.
   */
  format?: CertificateFormat
  /** Header it comes in. Default `Client-Cert`, `X-Forwarded-Client-Cert` or `X-SSL-Client-Cert`, by the format. */
  header?: string
  /** A header that must have just this value, where the proxy also passes certificates on that it did not verify. */
  verified?: { header: string; value: string }
  /** Who a certificate belongs to. Default: every certificate that the proxy lets through is a caller, named by its URI or its fingerprint. */
  verify?(certificate: ClientCertificate): Awaitable<Principal | undefined>
  /** Principal ids with the fingerprint (SHA-256, hex) of their certificate, in place of `verify`. */
  accept?: Readonly<Record<string, string>>
  /** Name of the scheme on the card. Default `mutualTls`. */
  name?: string
  /** Scopes the principal must have. Default none. */
  scopes?: readonly string[]
  /** For people, on the card. */
  description?: string
}

const headers: Readonly<Record<CertificateFormat, string>> = {
  'client-cert': 'Client-Cert',
  xfcc: 'X-Forwarded-Client-Cert',
  pem: 'X-SSL-Client-Cert',
}

/**
 * Client certificates (A2A 1.0, 4.5.6), checked by the proxy that ends TLS and passed on in a header. The proxy must remove
 * that header from what clients send. Node only: elsewhere nobody knows whom a request came from.
 *
 * @throws PfError PF_CONFIG_INVALID where no proxy is named, or an address or a fingerprint is none
 * @example
 * ```ts
 * createApp(agent, [a2aServer()], { auth: [mutualTls({ trustedProxies: ['10.0.0.7'], format: 'xfcc' })] })
 * ```
 */
export function mutualTls(options: MutualTlsOptions): AuthScheme {
  const { name = 'mutualTls', format = 'client-cert', verified, scopes, description } = options
  if (options.trustedProxies.length === 0)
    throw new PfError('PF_CONFIG_INVALID', 'mutualTls: "trustedProxies" must name the proxies that check certificates.')
  checkScopes('mutualTls', scopes)
  const proxies = createAddressList('mutualTls', options.trustedProxies)
  const header = options.header ?? headers[format]
  const find = finder(options)
  return {
    name,
    card: { mtlsSecurityScheme: { ...(description !== undefined && { description }) } },
    ...(scopes && { scopes }),
    targets: {
      on: ['node'],
      reason: 'a component does not learn whom a request came from',
      alternative: 'let the gateway refuse clients without a certificate',
    },
    challenge: () => undefined,
    async authenticate(request, _context, caller) {
      const value = request.headers.get(header)
      if (value === null || value === '') return undefined
      // Anybody can send a header: what does not come from the proxy is as good as not sent.
      if (!proxies.has(caller.remoteAddress)) return undefined
      if (verified !== undefined && request.headers.get(verified.header) !== verified.value)
        return refuse('not verified')
      const certificate = await readCertificate(format, value)
      if (certificate === undefined) return malformed('certificate')
      const principal = await find(certificate)
      return principal === undefined ? refuse('unknown certificate') : { principal }
    },
  }
}

function finder({
  verify,
  accept,
}: MutualTlsOptions): (certificate: ClientCertificate) => Awaitable<Principal | undefined> {
  if (verify !== undefined) return verify
  if (accept === undefined)
    // Each kind with a mark of its own: a URI may read like anything.
    return ({ uri, fingerprint }) => ({ id: uri === undefined ? `mtls:sha256:${fingerprint}` : `mtls:uri:${uri}` })
  const known = new Map(
    Object.entries(accept).map(([id, text]) => {
      const fingerprint = text.replaceAll(':', '').toLowerCase()
      if (!/^[0-9a-f]{64}$/.test(fingerprint))
        throw new PfError(
          'PF_CONFIG_INVALID',
          `mutualTls: the fingerprint of ${JSON.stringify(id)} is not a SHA-256 in hex.`,
        )
      return [fingerprint, { id }] as const
    }),
  )
  return ({ fingerprint }) => known.get(fingerprint)
}
