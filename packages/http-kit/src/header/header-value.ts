import { PfError } from '@pf-agents/agent-core'

// RFC 9110 §5.6.2 token, and §5.5 field-value: no controls but the tab.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const forbidden = /[\u0000-\u0008\u000a-\u001f\u007f]/

/** Whether a header may have this name. */
export function isHeaderName(name: string): boolean {
  return token.test(name)
}

/** Whether a header may have this value: no line end or other control character that could begin another header. */
export function isHeaderValue(value: string): boolean {
  return !forbidden.test(value)
}

/**
 * Refuses a header that could smuggle in another one. Engines differ in what they refuse themselves.
 *
 * @throws PfError PF_REQUEST_INVALID, with the name (never the value: it may be a secret)
 */
export function checkHeader(name: string, value: string): void {
  if (!isHeaderName(name)) {
    throw new PfError('PF_REQUEST_INVALID', 'A header has a name that HTTP does not allow.', {
      details: { header: name.slice(0, 100) },
    })
  }
  if (!isHeaderValue(value)) {
    throw new PfError(
      'PF_REQUEST_INVALID',
      `The value of the header ${name} has a line end or another control character.`,
      { details: { header: name } },
    )
  }
}
