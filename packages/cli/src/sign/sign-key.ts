import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { CardSigner } from '@pf-agents/a2a-protocol'
import { PfError } from '@pf-agents/agent-core'
import { createCardSigner } from '@pf-agents/auth/jwt'

/** A private key that agent cards are signed with, and what its signatures say of it. */
export interface SignKeySource {
  /** A file with the private key: one JWK, or PEM (PKCS #8, SEC 1 or PKCS #1) without a passphrase. */
  file: string
  /** Names the key to those who verify. Default: that of the JWK, else the key's thumbprint (RFC 7638, SHA-256). */
  kid?: string
  /** Default: that of the JWK; else ES256, ES384, ES512, EdDSA or RS256, as the key is. */
  alg?: string
  /** URL of the key set that the public key is in. Default none. */
  jku?: string
}

/** A key that was read. It never leaves this process. */
export interface SignKey {
  readonly kid: string
  readonly signer: CardSigner
  readonly publicJwk: JsonWebKey
  /** The private exponent or scalar, to find it where it must not be. */
  readonly secret: Uint8Array
  /** The same for the same key, name and header. Tells nothing that is secret. */
  readonly identity: string
}

/** Raised where signatures become other ones, so that none of an earlier build is used again. */
const signatureVersion = 2

const settings = ['kid', 'alg', 'jku'] as const
const curves: readonly string[] = ['P-256', 'P-384', 'P-521']

/** Reads `FILE[,kid=…][,alg=…][,jku=…]`, as the command line takes it. */
export function parseSignKey(text: string): SignKeySource {
  const source: SignKeySource = { file: text }
  for (;;) {
    const match = /^(.+),(kid|alg|jku)=([^,]+)$/.exec(source.file)
    if (match === null) return source
    const [, file, name, value] = match as unknown as [string, string, (typeof settings)[number], string]
    source.file = file
    source[name] = value
  }
}

/**
 * Reads keys to sign with.
 *
 * @throws PfError PF_CONFIG_INVALID where a file can not be read, holds no private key that cards can be signed with, or two
 * keys have one name. Nothing of a key is ever quoted.
 */
export async function readSignKeys(sources: readonly SignKeySource[]): Promise<SignKey[]> {
  const keys = await Promise.all(sources.map(readSignKey))
  const twice = keys.find(({ kid }, at) => keys.findIndex((other) => other.kid === kid) !== at)
  if (twice)
    throw new PfError('PF_CONFIG_INVALID', `Two keys are named ${twice.kid}. Verifiers could not tell them apart.`)
  return keys
}

async function readSignKey(source: SignKeySource): Promise<SignKey> {
  const { file } = source
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unusable(file, `it can not be read (${error.code ?? error.name})`)
  })
  const given = text.trimStart().startsWith('{') ? jwkOf(file, text) : undefined
  const key = privateKeyOf(file, given ?? text)
  const jwk = checkedJwk(file, key)
  const publicJwk = createPublicKey(key).export({ format: 'jwk' })
  const thumbprint = thumbprintOf(publicJwk)
  const kid = source.kid ?? textOf(given?.['kid']) ?? thumbprint
  const alg = source.alg ?? textOf(given?.['alg'])
  const { jku } = source
  try {
    const signer = await createCardSigner({
      key: jwk as Parameters<typeof createCardSigner>[0]['key'],
      kid,
      ...(alg !== undefined && { alg }),
      ...(jku !== undefined && { jku }),
    })
    // An algorithm that does not go with the key is found now, not when everything has been built.
    await signer.sign(new Uint8Array())
    const secret = new Uint8Array(Buffer.from(jwk.d as string, 'base64url'))
    const identity = JSON.stringify([signatureVersion, thumbprint, kid, alg ?? '', jku ?? ''])
    return { kid, signer, publicJwk, secret, identity }
  } catch (error) {
    const why = PfError.is(error) ? error.message.replace(/^createCardSigner: /, '') : `it does not go with ${alg}`
    throw unusable(file, why.replace(/\.$/, ''))
  }
}

function jwkOf(file: string, text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw unusable(file, 'it is neither PEM nor JSON')
  }
  const jwk = value as Record<string, unknown>
  if ('keys' in jwk) throw unusable(file, 'it is a set of keys; put each into a file of its own')
  if (jwk['kty'] === 'oct') throw unusable(file, 'a shared secret can not sign a card that anybody is to verify')
  if (jwk['d'] === undefined) throw unusable(file, 'it has no private key')
  return jwk
}

function privateKeyOf(file: string, given: string | Record<string, unknown>): KeyObject {
  try {
    return typeof given === 'string'
      ? createPrivateKey(given)
      : createPrivateKey({ key: given as JsonWebKey, format: 'jwk' })
  } catch {
    // PKCS #8 says it in its first line, the older forms in a header.
    if (typeof given === 'string' && /^-----BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(given))
      throw unusable(file, 'it is encrypted; decrypt it first, for example with openssl pkey')
    throw unusable(file, 'it has no private key as JWK or PEM')
  }
}

/** The key as JWK, where cards can be signed with its kind. */
function checkedJwk(file: string, key: KeyObject): JsonWebKey {
  const kind = key.asymmetricKeyType
  if (kind === 'rsa') {
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    if (bits < 2048) throw unusable(file, `an RSA key of ${bits} bits is too weak; it takes 2048`)
    return key.export({ format: 'jwk' })
  }
  if (kind === 'ed25519') return key.export({ format: 'jwk' })
  const jwk = kind === 'ec' ? key.export({ format: 'jwk' }) : undefined
  if (jwk && curves.includes(jwk.crv as string)) return jwk
  throw unusable(
    file,
    `a key of the kind ${jwk?.crv ?? kind} can not sign cards; use P-256, P-384, P-521, Ed25519 or RSA`,
  )
}

/** RFC 7638: the SHA-256 of the members that make the key, in the order of their names. */
function thumbprintOf(jwk: JsonWebKey): string {
  const names = jwk.kty === 'RSA' ? (['e', 'kty', 'n'] as const) : (['crv', 'kty', 'x', 'y'] as const)
  const members = names.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]] as const]))
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url')
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

function unusable(file: string, why: string): PfError {
  return new PfError('PF_CONFIG_INVALID', `The card can not be signed with ${file}: ${why}.`)
}
