import { sha256Hex } from './digest'

/** What a proxy says of the certificate that a client proved to have. */
export interface ClientCertificate {
  /** SHA-256 of the certificate, 64 hex digits in lower case. */
  readonly fingerprint: string
  /** Subject's name, where the proxy tells it (`xfcc`). */
  readonly subject?: string
  /** URI in the certificate's alternative names, such as a SPIFFE id, where the proxy tells it (`xfcc`). */
  readonly uri?: string
}

/** How proxies write it down. */
export type CertificateFormat = 'client-cert' | 'xfcc' | 'pem'

const maxLength = 16_384

/** Reads a header with a certificate; `undefined` where it has none that can be read. */
export async function readCertificate(
  format: CertificateFormat,
  header: string,
): Promise<ClientCertificate | undefined> {
  if (header.length > maxLength) return undefined
  if (format === 'xfcc') return readForwarded(header)
  const base64 = format === 'client-cert' ? /^:([A-Za-z0-9+/=]+):$/.exec(header.trim())?.[1] : pemBody(header)
  const der = base64 === undefined ? undefined : bytesOf(base64)
  return der && { fingerprint: await sha256Hex(der) }
}

/** PEM, percent-encoded as proxies must to keep it in one line. */
function pemBody(header: string): string | undefined {
  try {
    const text = decodeURIComponent(header)
    return /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/
      .exec(text)?.[1]
      ?.replace(/\s+/g, '')
  } catch {
    return undefined
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

/**
 * Envoy's X-Forwarded-Client-Cert: `Hash=…;Subject="…";URI=…`. Several elements are several proxies, of which only the last
 * is the one we trust: such a header is refused rather than guessed at.
 */
function readForwarded(header: string): ClientCertificate | undefined {
  const pairs = /^(?:[A-Za-z]+=(?:"(?:[^"\\]|\\.)*"|[^",;]*))(?:;[A-Za-z]+=(?:"(?:[^"\\]|\\.)*"|[^",;]*))*$/
  if (!pairs.test(header)) return undefined
  const fields = new Map<string, string>()
  for (const [, name, quoted, plain] of header.matchAll(
    /(?<![A-Za-z])([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))/g,
  )) {
    const key = (name as string).toLowerCase()
    // A certificate may have several URIs; the first one counts.
    if (!fields.has(key)) fields.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
  }
  const fingerprint = fields.get('hash')?.toLowerCase() ?? ''
  if (!/^[0-9a-f]{64}$/.test(fingerprint)) return undefined
  const subject = fields.get('subject')
  const uri = fields.get('uri')
  return { fingerprint, ...(subject && { subject }), ...(uri && { uri }) }
}
