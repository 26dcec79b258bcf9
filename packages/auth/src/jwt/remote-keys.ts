import type { JsonObject } from '@pf-agents/agent-core'
import { fetchJson, type FetchLimits, type FetchParts, unavailable } from '../outbound/fetch-json'
import { Refreshed } from '../outbound/refreshed'
import type { AuthContext } from '../scheme/auth-scheme'
import { checkedUrl } from '../token/issuer'
import { type KeySet, keySetOf } from './key-set'

/** When keys are loaded, and how much of them. */
export interface RemoteKeysRules extends FetchLimits {
  /** How long keys are good, ms. A key that the issuer withdrew works until then. Default 600,000. */
  maxAgeMs?: number
  /** How long they are gone on with while the issuer does not answer, ms. Default 3,600,000. */
  staleMs?: number
  /** Least time between two loads for the sake of keys that are not known, ms. Default 30,000. */
  cooldownMs?: number
  /** Allows plain http, for development. Default false. */
  allowHttp?: boolean
}

/** What keys are loaded with. */
export type KeysContext = FetchParts & Pick<AuthContext, 'keyValue' | 'log'>

/** Keys that somebody publishes, loaded when they are needed and kept. */
export type RemoteKeys = Refreshed<KeySet, KeysContext>

/** How soon after a failure the issuer is asked again. */
const failureCooldownMs = 5_000

/** Keys at a fixed address, or at the one a discovery document names. */
export function remoteKeys(address: string | DiscoveryAddress, rules: RemoteKeysRules = {}): RemoteKeys {
  const { maxAgeMs = 600_000, staleMs = 3_600_000, cooldownMs = 30_000 } = rules
  const name = typeof address === 'string' ? address : address.url
  const load = async (context: KeysContext): Promise<KeySet> => {
    const url = typeof address === 'string' ? address : await keysAddress(address, context, rules)
    const document = await fetchJson(url, { headers: { accept: 'application/json' } }, context, rules)
    try {
      return keySetOf(document)
    } catch (cause) {
      throw unavailable(url, cause)
    }
  }
  return new Refreshed(
    async (context, forced) => {
      const now = context.clock.now()
      const kept = await readKept(name, context)
      // Other requests of this component loaded them: a forced load is held to the same cooldown.
      if (kept !== undefined && kept.at <= now && now - kept.at < (forced ? cooldownMs : maxAgeMs)) return kept
      const value = await load(context)
      await keep(name, { at: now, keys: value.json }, context)
      return { value, at: now }
    },
    { maxAgeMs, staleMs, cooldownMs, failureCooldownMs },
  )
}

const storeKey = (name: string) => `auth/keys/${encodeURIComponent(name)}`

/** A store that fails, or holds something else, is one that has nothing: the issuer has the keys. */
async function readKept(
  name: string,
  { keyValue, log }: KeysContext,
): Promise<{ value: KeySet; at: number } | undefined> {
  try {
    const { at, keys } = ((await keyValue?.get(storeKey(name)))?.value ?? {}) as JsonObject
    return typeof at === 'number' ? { value: keySetOf(keys as JsonObject), at } : undefined
  } catch (error) {
    log?.('warn', 'Stored keys of an issuer could not be read.', { error: String(error) })
    return undefined
  }
}

async function keep(name: string, value: JsonObject, { keyValue, log }: KeysContext): Promise<void> {
  try {
    await keyValue?.set(storeKey(name), value)
  } catch (error) {
    log?.('warn', 'Keys of an issuer could not be stored.', { error: String(error) })
  }
}

/** Where an issuer says what it has (OpenID Connect Discovery 1.0; RFC 8414). */
export interface DiscoveryAddress {
  readonly url: string
  /** What the document must name as its issuer, so that none passes itself off as another. */
  readonly issuer: string
}

async function keysAddress(
  { url, issuer }: DiscoveryAddress,
  context: FetchParts,
  rules: RemoteKeysRules,
): Promise<string> {
  const document = await fetchJson(url, { headers: { accept: 'application/json' } }, context, rules)
  if (document['issuer'] !== issuer) throw unavailable(url, new Error('the document is of another issuer'))
  const address = document['jwks_uri']
  if (typeof address !== 'string') throw unavailable(url, new Error('the document names no keys'))
  try {
    return checkedUrl('discovery', 'jwks_uri', address, rules.allowHttp)
  } catch (cause) {
    throw unavailable(url, cause)
  }
}
