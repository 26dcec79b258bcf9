import type { Awaitable, Needs, Principal, SecretReference } from '@pf-agents/agent-core'
import type { AuthContext } from './auth-scheme'
import { sameText } from './same-text'

/** How a credential is judged: by a list of good ones, or by a function. */
export type CredentialCheck =
  | {
      /**
       * Principal ids with their credential. Name secrets with `secret('NAME')`: their value is looked up per request and
       * stands in no file.
       */
      accept: Readonly<Record<string, SecretReference | string>>
      verify?: undefined
    }
  | {
      /** Who a credential belongs to, or `undefined` where it is not good. */
      verify(credential: string): Awaitable<Principal | undefined>
      accept?: undefined
    }

/** Longest credential that is looked at. */
const maxLength = 8192

/** Who a credential belongs to. All accepted ones are compared, so that the time does not tell which came close. */
export async function checkCredential(
  check: CredentialCheck,
  credential: string,
  context: AuthContext,
): Promise<Principal | undefined> {
  if (credential === '' || credential.length > maxLength) return undefined
  if (check.accept === undefined) return check.verify(credential)
  let found: Principal | undefined
  for (const [id, accepted] of Object.entries(check.accept)) {
    const expected = typeof accepted === 'string' ? accepted : await context.secret(accepted.secret)
    // A secret that is not set lets nobody in.
    if (expected !== undefined && sameText(expected, credential)) found = { id }
  }
  return found
}

/** The secrets a check reads. */
export function needsOf(check: CredentialCheck): { needs?: Needs } {
  const secrets = Object.values(check.accept ?? {}).filter((one): one is SecretReference => typeof one !== 'string')
  return secrets.length > 0 ? { needs: { secrets } } : {}
}
