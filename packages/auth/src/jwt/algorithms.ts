import { PfError } from '@pf-agents/agent-core'

/** Signatures that anybody can check who has the public key. */
const publicKeyAlgorithms: readonly string[] = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
]

/** Those that the engine of components has no code for. */
const absentInComponents = /^(?:PS|Ed)/

/** Where tokens of the named algorithms can be verified; `undefined` where nothing is against any target. */
export function algorithmTargets(named: readonly string[] = []) {
  const absent = named.filter((one) => absentInComponents.test(one))
  if (absent.length === 0) return undefined
  return {
    on: ['node' as const],
    reason: `the engine of components can not verify ${absent.join(', ')}`,
    alternative: 'allow ES256 or RS256',
  }
}

/** Signatures with a secret that both sides know. */
const secretAlgorithms: readonly string[] = ['HS256', 'HS384', 'HS512']

/**
 * The algorithms to allow. Never both kinds at once: a token that claims HS256 must not be checked with a public key, which
 * everybody has, as the secret.
 *
 * @throws PfError PF_CONFIG_INVALID where one is named that does not go with the keys, or `none`
 */
export function allowedAlgorithms(
  owner: string,
  kind: 'public' | 'secret',
  named: readonly string[] | undefined,
): string[] {
  const possible = kind === 'public' ? publicKeyAlgorithms : secretAlgorithms
  const allowed = named ?? (kind === 'public' ? possible : ['HS256'])
  const wrong = allowed.find((one) => !possible.includes(one))
  if (wrong !== undefined || allowed.length === 0) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `${owner}: ${JSON.stringify(wrong ?? 'no algorithm')} can not be allowed with these keys. Allow some of ${possible.join(', ')}.`,
    )
  }
  return [...allowed]
}
