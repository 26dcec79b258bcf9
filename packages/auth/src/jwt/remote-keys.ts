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
export type KeysContext = FetchParts & Pick<AuthContext, 'keyValue'>

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
      const { clock, keyValue } = context
      const stored = await keyValue?.get(storeKey(name))
      const kept = stored && readStored(stored.value)
      // Other requests of this component loaded them: a forced load is held to the same cooldown.
      if (kept !== undefined && clock.now() - kept.at < (forced ? cooldownMs : maxAgeMs)) return kept
      const value = await load(context)
      const at = clock.now()
      await keyValue?.set(storeKey(name), { at, keys: value.json })
      return { value, at }
    },
    { maxAgeMs, staleMs, cooldownMs, failureCooldownMs },
  )
}

const storeKey = (name: string) => `auth/keys/${encodeURIComponent(name)}`

function readStored(value: unknown): { value: KeySet; at: number } | undefined {
  const { at, keys } = value as { at?: unknown; keys?: unknown }
  if (typeof at !== 'number') return undefined
  try {
    return { value: keySetOf(keys as JsonObject), at }
  } catch {
    return undefined
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
