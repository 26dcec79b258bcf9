import { type Awaitable, type Needs, PfError, type Principal, type SecretReference } from '@pf-agents/agent-core'
import type { AuthContext } from '../scheme/auth-scheme'
import { sha256Hex } from './digest'
import { sameText } from './same-text'

/**
 * A credential that lets somebody in: `secret('NAME')`, whose value is looked up per request and stands in no file, or the
 * SHA-256 of it as `sha256:` and 64 hex digits, or the credential itself.
 */
export type AcceptedCredential = SecretReference | string

/** Who a credential belongs to. */
export interface AcceptedPrincipal extends Omit<Principal, 'id'> {
  credential: AcceptedCredential
}

/** How a credential is judged: by a list of good ones, or by a function. */
export type CredentialCheck =
  | {
      /** Principal ids with their credential, or with the credential and what else is to be known of them. */
      accept: Readonly<Record<string, AcceptedCredential | AcceptedPrincipal>>
      verify?: undefined
    }
  | {
      /** Who a credential belongs to, or `undefined` where it is not good. */
      verify(credential: string): Awaitable<Principal | undefined>
      accept?: undefined
    }

/** Longest credential that is looked at, in characters. */
export const maxCredentialLength = 8192

/** What HTTP carries as it is: visible ASCII. A comma would be a header that came twice. */
const visible = /^[\x21-\x2b\x2d-\x7e]+$/

/** Whether a text can be one credential at all. */
export function isCredential(text: string): boolean {
  return text.length <= maxCredentialLength && visible.test(text)
}

interface Accepted {
  readonly principal: Principal
  readonly digest?: string
  readonly text?: string
  readonly secret?: string
}

/** A check that is ready for requests. */
export interface CompiledCheck {
  readonly needs?: Needs
  /** Who a credential belongs to. All accepted ones are compared, so that the time does not tell which came close. */
  find(credential: string, context: AuthContext): Awaitable<Principal | undefined>
}

/** @throws PfError PF_CONFIG_INVALID where an accepted credential can't be one */
export function compileCheck(owner: string, check: CredentialCheck): CompiledCheck {
  const { accept, verify } = check
  if (accept === undefined) return { find: (credential) => verify(credential) }
  const all = Object.entries(accept).map(([id, value]) => compileAccepted(owner, id, value))
  if (all.length === 0) throw new PfError('PF_CONFIG_INVALID', `${owner}: "accept" names nobody.`)
  const secrets = all.flatMap(({ secret }) => secret ?? [])
  const hashed = all.some(({ digest }) => digest !== undefined)
  return {
    ...(secrets.length > 0 && { needs: { secrets } }),
    async find(credential, context) {
      const digest = hashed ? await sha256Hex(credential) : ''
      let found: Principal | undefined
      for (const one of all) {
        const expected = one.digest ?? one.text ?? (await context.secret(one.secret as string))
        // A secret that is not set lets nobody in.
        if (expected && sameText(expected, one.digest === undefined ? credential : digest)) found = one.principal
      }
      return found
    },
  }
}

function compileAccepted(owner: string, id: string, value: AcceptedCredential | AcceptedPrincipal): Accepted {
  const { credential, ...rest } = typeof value === 'object' && 'credential' in value ? value : { credential: value }
  const principal: Principal = { id, ...rest }
  if (typeof credential !== 'string') return { principal, secret: credential.secret }
  if (!credential.startsWith('sha256:')) return { principal, text: credential }
  const digest = credential.slice(7).toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${owner}: the credential of ${JSON.stringify(id)} is not "sha256:" with 64 hex digits.`,
    )
  return { principal, digest }
}
