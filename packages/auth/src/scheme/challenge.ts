import { PfError } from '@pf-agents/agent-core'
import type { Refusal } from './refusal'

/** A parameter of a challenge: quoted, and nothing in it that could end it (RFC 9110, 11.2). */
export function challengeParameter(name: string, value: string): string {
  return `${name}="${value.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`
}

/** What a Bearer challenge says beside the refusal. */
export interface BearerChallenge {
  readonly realm?: string | undefined
  readonly scopes?: readonly string[] | undefined
  /** URL of the OAuth protected resource metadata (RFC 9728). */
  readonly resourceMetadata?: string | undefined
}

/** `WWW-Authenticate: Bearer …` (RFC 6750, 3): no error where no token came. */
export function bearerChallenge(about: BearerChallenge, refusal: Refusal | undefined): string {
  const parameters = [
    about.realm !== undefined && challengeParameter('realm', about.realm),
    refusal && challengeParameter('error', refusal.error),
    refusal?.description !== undefined && challengeParameter('error_description', refusal.description),
    about.scopes?.length && challengeParameter('scope', about.scopes.join(' ')),
    about.resourceMetadata !== undefined && challengeParameter('resource_metadata', about.resourceMetadata),
  ].filter((one) => typeof one === 'string')
  return parameters.length > 0 ? `Bearer ${parameters.join(', ')}` : 'Bearer'
}

/** RFC 6749, 3.3: what a scope may be made of. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** @throws PfError PF_CONFIG_INVALID where a scope has blanks, quotes or the like */
export function checkScopes(owner: string, scopes: readonly string[] | undefined): void {
  const wrong = scopes?.find((scope) => !scopeToken.test(scope))
  if (wrong !== undefined)
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${owner}: ${JSON.stringify(wrong)} is no scope. Name each by itself, without blanks.`,
    )
}
