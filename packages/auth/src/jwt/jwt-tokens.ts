import { type JsonObject, type Needs, PfError, type SecretReference } from '@pf-agents/agent-core'
import {
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose'
import type { AuthContext } from '../scheme/auth-scheme'
import { refuse } from '../scheme/refusal'
import { checkedIssuer, checkedUrl, originOf } from '../token/issuer'
import type { TokenResult, TokenVerifier } from '../token/token-verifier'
import { algorithmTargets, allowedAlgorithms } from './algorithms'
import { isUnknownKey, keySetOf } from './key-set'
import { type RemoteKeys, remoteKeys, type RemoteKeysRules } from './remote-keys'

/** Where the keys of an issuer are. */
export type JwtKeys =
  | {
      /** URL of its key set (JWKS). */
      url: string
    }
  | {
      /** URL of its discovery document, which names the key set. List hosts beside the document's own in `outbound`. */
      discovery: string
    }
  | {
      /** The key set itself: public keys. */
      jwks: JSONWebKeySet
    }
  | {
      /** A secret that the issuer and this agent share, for HS256: 32 bytes or more. */
      secret: SecretReference
    }

/** Options of {@link jwtTokens}. */
export interface JwtOptions extends RemoteKeysRules {
  /** What `iss` must be, to the letter. */
  issuer: string
  /** What `aud` must be or hold: this agent's name at the issuer. A token for somebody else is not one for this agent. */
  audience: string | readonly string[]
  keys: JwtKeys
  /**
   * Algorithms that are allowed. Default: all with public keys; HS256 with a secret. `none` never is. Components verify
   * ES, RS and HS; to name PS256 or EdDSA is refused for them.
   */
  algorithms?: readonly string[]
  /** What `typ` must be, such as `at+jwt` (RFC 9068). Default: anything. */
  type?: string
  /** How far clocks may differ, seconds. Default 30. */
  clockToleranceSec?: number
  /** The longest time since `iat`, seconds. Default: until `exp`. */
  maxTokenAgeSec?: number
  /** Claims that must be there beside `exp`. Default none. */
  requiredClaims?: readonly string[]
  /** Hosts the keys come from beside the one of their address, such as `https://keys.id.example`; see `needs.outbound`. */
  outbound?: readonly string[]
}

/** The least length of a shared secret: that of the hash it keys (RFC 7518, 3.2). */
const leastSecretBytes = 32

/** Keys tried for a token that does not name its key. */
const maxCandidates = 8

/**
 * JSON Web Tokens of one issuer (RFC 7519). A token must be signed by a key of the issuer with an allowed algorithm, be of
 * the issuer, for the audience, and not be over. Keys are loaded when they are needed, kept, and loaded anew when a token
 * names one that is not known, though never more often than once per `cooldownMs`.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is not valid
 * @example
 * ```ts
 * const tokens = jwtTokens({ issuer: 'https://id.example', audience: 'trip-agent', keys: { url: 'https://id.example/keys' } })
 * ```
 */
export function jwtTokens(options: JwtOptions): TokenVerifier {
  const { keys, audience, clockToleranceSec = 30, type, maxTokenAgeSec, requiredClaims = [], outbound = [] } = options
  const issuer = checkedIssuer('jwtTokens', options.issuer)
  if (audience === undefined || audience.length === 0)
    throw new PfError('PF_CONFIG_INVALID', 'jwtTokens: "audience" must say whom tokens are for: this agent.')
  const algorithms = allowedAlgorithms('jwtTokens', 'secret' in keys ? 'secret' : 'public', options.algorithms)
  const source = keySource(keys, options)
  const terms: JWTVerifyOptions = {
    issuer,
    audience: typeof audience === 'string' ? audience : [...audience],
    algorithms,
    clockTolerance: clockToleranceSec,
    requiredClaims: ['exp', ...requiredClaims],
    ...(type !== undefined && { typ: type }),
    ...(maxTokenAgeSec !== undefined && { maxTokenAge: maxTokenAgeSec }),
  }
  const targets = algorithmTargets(options.algorithms)
  return {
    issuer,
    ...(targets && { targets }),
    needs: { ...source.needs, outbound: [...(source.needs.outbound ?? []), ...outbound] },
    async verify(token, context) {
      // Before any key is looked for: what is not of this issuer must not make it load keys.
      if (!isSignedBy(token, algorithms)) return refuse('algorithm')
      if (issuerOf(token) !== issuer) return refuse('issuer')
      try {
        const now = { ...terms, currentDate: new Date(context.clock.now()) }
        return { claims: await source.verify(token, now, context) }
      } catch (error) {
        // jose's own errors, and those of Web Crypto over keys it can't use. Anything else is not the token's fault.
        if (error instanceof errors.JOSEError || error instanceof DOMException) return refusalOf(error)
        throw error
      }
    },
  }
}

interface KeySource {
  readonly needs: Needs
  verify(token: string, terms: JWTVerifyOptions, context: AuthContext): Promise<JsonObject>
}

function keySource(keys: JwtKeys, options: JwtOptions): KeySource {
  if ('secret' in keys) return sharedSecret(keys.secret)
  if ('jwks' in keys) {
    const { find } = configuredKeys(keys.jwks)
    return { needs: {}, verify: (token, terms) => verifyWith(token, find, terms) }
  }
  const { allowHttp, issuer } = options
  if ('url' in keys) {
    const url = checkedUrl('jwtTokens', 'keys.url', keys.url, allowHttp)
    return publishedKeys(remoteKeys(url, options), originOf(url))
  }
  const url = checkedUrl('jwtTokens', 'keys.discovery', keys.discovery, allowHttp)
  return publishedKeys(remoteKeys({ url, issuer }, options), originOf(url))
}

function configuredKeys(jwks: JSONWebKeySet) {
  try {
    const set = keySetOf(jwks as unknown as JsonObject)
    if ((set.json['keys'] as unknown[]).length > 0) return set
  } catch {
    // Told below.
  }
  throw new PfError('PF_CONFIG_INVALID', 'jwtTokens: "keys.jwks" has no public key.')
}

function sharedSecret(reference: SecretReference): KeySource {
  return {
    needs: { secrets: [reference] },
    async verify(token, terms, context) {
      const bytes = new TextEncoder().encode((await context.secret(reference.secret)) ?? '')
      if (bytes.byteLength < leastSecretBytes) {
        throw new PfError(
          'PF_SECRET_MISSING',
          `The secret ${reference.secret} has no value of ${leastSecretBytes} bytes or more. Set the variable ${reference.secret}.`,
          { details: { secret: reference.secret } },
        )
      }
      return (await jwtVerify(token, bytes, terms)).payload as JsonObject
    },
  }
}

function publishedKeys(remote: RemoteKeys, origin: string): KeySource {
  return {
    needs: { outbound: [origin] },
    async verify(token, terms, context) {
      const set = await remote.current(context)
      try {
        return await verifyWith(token, set.find, terms)
      } catch (error) {
        const newer = isUnknownKey(error) ? await remote.newer(set, context) : undefined
        if (newer === undefined) throw error
        return verifyWith(token, newer.find, terms)
      }
    },
  }
}

/** Verifies with the key that fits; where a token names none and several do, with each of them. */
async function verifyWith(token: string, find: JWTVerifyGetKey, terms: JWTVerifyOptions): Promise<JsonObject> {
  try {
    return await verifyBy(token, find, terms)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    let left = maxCandidates
    for await (const key of error) {
      if (left-- <= 0) break
      try {
        return await verifyBy(token, async () => key, terms)
      } catch (failure) {
        if (!isNotThisKey(failure)) throw failure
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

/** @throws what jose throws; JWKInvalid for a key of the issuer that can't be used, such as one of RSA that is too short */
async function verifyBy(token: string, find: JWTVerifyGetKey, terms: JWTVerifyOptions): Promise<JsonObject> {
  try {
    return claimsOf((await jwtVerify(token, find, terms)).payload)
  } catch (error) {
    // jose's way to say that: whoever sends a token picks the key by its name, so it is no failure of the server.
    throw error instanceof TypeError ? new errors.JWKInvalid('The key can not be used.', { cause: error }) : error
  }
}

/** Whether another key may still fit. */
function isNotThisKey(error: unknown): boolean {
  return (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKInvalid ||
    error instanceof DOMException
  )
}

const claimsOf = (payload: JWTPayload) => payload as JsonObject

function isSignedBy(token: string, algorithms: readonly string[]): boolean {
  try {
    const { alg } = decodeProtectedHeader(token)
    return alg !== undefined && algorithms.includes(alg)
  } catch {
    return false
  }
}

/** What a token that was not verified yet says of its issuer. */
function issuerOf(token: string): unknown {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0))
    return (JSON.parse(new TextDecoder().decode(bytes)) as { iss?: unknown } | null)?.iss
  } catch {
    return undefined
  }
}

function refusalOf(error: unknown): TokenResult {
  // Only whoever holds a token of the issuer learns that it is over.
  if (error instanceof errors.JWTExpired) return refuse('expired', 'The access token expired')
  if (error instanceof errors.JWTClaimValidationFailed) return refuse(`claim ${error.claim}`)
  return refuse(error instanceof errors.JOSEError ? error.code : 'unusable key')
}
