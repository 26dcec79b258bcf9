import type { HttpErrorCode } from './transport'

/** Turns an error of node's network stack into the closest code of wasi:http. */
export function errorCodeOf(error: unknown): HttpErrorCode {
  const { code, message } = error as { code?: string; message?: string }
  switch (code) {
    case 'PF_ADDRESS_PROHIBITED':
      return { tag: 'destination-IP-prohibited' }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return { tag: 'DNS-error', val: { rcode: code, infoCode: undefined } }
    case 'ECONNREFUSED':
      return { tag: 'connection-refused' }
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return { tag: 'connection-terminated' }
    case 'ETIMEDOUT':
    case 'PF_CONNECT_TIMEOUT':
      return { tag: 'connection-timeout' }
    case 'PF_FIRST_BYTE_TIMEOUT':
      return { tag: 'HTTP-response-timeout' }
    case 'PF_BETWEEN_BYTES_TIMEOUT':
      return { tag: 'connection-read-timeout' }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { tag: 'destination-unavailable' }
  }
  if (code?.startsWith('HPE_')) return { tag: 'HTTP-protocol-error' }
  if (code?.startsWith('ERR_TLS') || code?.includes('CERT')) return { tag: 'TLS-certificate-error' }
  if (code?.startsWith('EPROTO') || code?.startsWith('ERR_SSL')) return { tag: 'TLS-protocol-error' }
  return { tag: 'internal-error', val: message ?? String(error) }
}
