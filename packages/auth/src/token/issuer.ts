import { PfError } from '@pf-agents/agent-core'

/** An address that credentials or keys go over. @throws PfError PF_CONFIG_INVALID where it is not https, and http is not allowed */
export function checkedUrl(owner: string, option: string, text: string, allowHttp = false): string {
  let url: URL | undefined
  try {
    url = new URL(text)
  } catch {
    // Told below.
  }
  const isSecure = url?.protocol === 'https:' || (allowHttp && url?.protocol === 'http:')
  if (url === undefined || !isSecure || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${owner}: "${option}" must be an ${allowHttp ? 'http or ' : ''}https URL without credentials and fragment.`,
    )
  }
  return text
}

/** An issuer's name. @throws PfError PF_CONFIG_INVALID where ids made of it would not be unique */
export function checkedIssuer(owner: string, issuer: string): string {
  if (typeof issuer !== 'string' || issuer === '' || issuer.includes('#'))
    throw new PfError('PF_CONFIG_INVALID', `${owner}: "issuer" must name the issuer, without "#".`)
  return issuer
}

/** Scheme, host and port of an address, as `needs.outbound` has it. */
export function originOf(url: string): string {
  return new URL(url).origin
}
