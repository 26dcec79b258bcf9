import type { CardSigner } from '@pf-agents/a2a-protocol'
import { PfError } from '@pf-agents/agent-core'
import { type CryptoKey, FlattenedSign, importJWK, type JWK } from 'jose'
import { checkedUrl } from '../token/issuer'
import { allowedAlgorithms } from './algorithms'

/** Options of {@link createCardSigner}. */
export interface CardSignerOptions {
  /** The private key. */
  key: JWK | CryptoKey
  /** Names the key to those who verify. Default: that of the JWK. */
  kid?: string
  /** Default: that of the JWK; else ES256, ES384, ES512, EdDSA or RS256, as the key is. */
  alg?: string
  /** URL of the key set that the public key is in, where verifiers who trust that host find it. Default none. */
  jku?: string
}

const byCurve: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}

/**
 * Makes what signs agent cards with one private key (A2A 1.0, 8.4; JWS, RFC 7515). Keep the key out of components: they are
 * signed when they are built.
 *
 * @throws PfError PF_CONFIG_INVALID where the key has no name, is no private key, or does not go with the algorithm
 * @example
 * ```ts
 * const signer = await createCardSigner({ key: JSON.parse(await readFile('card-key.jwk', 'utf8')), kid: '2026-11' })
 * ```
 */
export async function createCardSigner(options: CardSignerOptions): Promise<CardSigner> {
  const jwk = 'kty' in options.key ? options.key : undefined
  const kid = options.kid ?? jwk?.kid
  if (kid === undefined || kid === '')
    throw new PfError('PF_CONFIG_INVALID', 'createCardSigner: "kid" must name the key to those who verify.')
  const alg = options.alg ?? jwk?.alg ?? (jwk ? algorithmOf(jwk) : webAlgorithmOf(options.key as CryptoKey))
  allowedAlgorithms('createCardSigner', 'public', alg === undefined ? [] : [alg])
  const jku = options.jku === undefined ? undefined : checkedUrl('createCardSigner', 'jku', options.jku)
  const header = { alg: alg as string, kid, typ: 'JOSE', ...(jku !== undefined && { jku }) }
  const key = jwk ? await importPrivate(jwk, alg as string) : (options.key as CryptoKey)
  if (key.type !== 'private') throw notPrivate()
  return {
    kid,
    async sign(payload, more = {}) {
      const { protected: encoded, signature } = await new FlattenedSign(payload)
        .setProtectedHeader({ ...more, ...header })
        .sign(key)
      return { protected: encoded as string, signature }
    },
  }
}

async function importPrivate(jwk: JWK, alg: string): Promise<CryptoKey> {
  if (jwk.d === undefined) throw notPrivate()
  try {
    return (await importJWK(jwk, alg)) as CryptoKey
  } catch {
    // The cause may quote the key.
    throw new PfError('PF_CONFIG_INVALID', `createCardSigner: the key can not be used for ${alg}.`)
  }
}

function algorithmOf({ kty, crv }: JWK): string | undefined {
  return kty === 'RSA' ? 'RS256' : byCurve[crv ?? '']
}

function webAlgorithmOf({ algorithm }: CryptoKey): string | undefined {
  const { name, namedCurve, hash } = algorithm as { name: string; namedCurve?: string; hash?: { name: string } }
  const bits = hash?.name.slice('SHA-'.length) ?? ''
  if (name === 'RSASSA-PKCS1-v1_5') return `RS${bits}`
  return name === 'RSA-PSS' ? `PS${bits}` : byCurve[namedCurve ?? name]
}

function notPrivate(): PfError {
  return new PfError('PF_CONFIG_INVALID', 'createCardSigner: "key" must be a private key.')
}
