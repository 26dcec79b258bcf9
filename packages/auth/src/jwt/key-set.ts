import type { JsonObject, JsonValue } from '@pf-agents/agent-core'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from 'jose'

/** Most keys of a set that are looked at. */
const maxKeys = 64

/** Members that only a private key, or a secret, has. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** A set of public keys, to find the one a token was signed with. */
export interface KeySet {
  readonly json: JsonObject
  readonly find: JWTVerifyGetKey
}

/**
 * A key set out of a document. Secrets and private keys in it are left out: what is published must not verify anything.
 *
 * @throws Error where it is none
 */
export function keySetOf(document: JsonObject): KeySet {
  const { keys } = document
  if (!Array.isArray(keys)) throw new Error('no key set')
  const usable = keys.slice(0, maxKeys).filter(isPublicKey)
  return { json: { keys: usable }, find: createLocalJWKSet({ keys: usable as JWK[] } as JSONWebKeySet) }
}

function isPublicKey(key: JsonValue): key is JsonObject {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return false
  return (
    typeof key['kty'] === 'string' && key['kty'] !== 'oct' && !privateMembers.some((name) => Object.hasOwn(key, name))
  )
}

/** Whether a key was not found because the set has none that fits: a newer set may have it. */
export function isUnknownKey(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey
}
