import type { JsonObject } from '@pf-agents/agent-core'
import { fetchJson, type FetchLimits, type FetchParts, unavailable } from '../outbound/fetch-json'
import { type Recalled, Refreshed } from '../outbound/refreshed'
import type { AuthContext } from '../scheme/auth-scheme'
import { checkedUrl } from '../token/issuer'
import { type KeySet, keySetOf } from './key-set'

/** When keys are loaded, and how much of them. */
export interface RemoteKeysRules extends FetchLimits {
  /** How long keys are good, ms. A key that the issuer withdrew works until then. Default 600,000. */
  maxAgeMs?: number
  /**
   * How long they are gone on with while the issuer does not answer, ms from when they were loaded. Nobody waits for the
   * issuer meanwhile for more than a quarter of a second. Default 3,600,000.
   */
  staleMs?: number
  /** Least time between two loads for the sake of keys that are not known, ms. Default 30,000. */
  cooldownMs?: number
  /** Allows plain http, for development. Default false. */
  allowHttp?: boolean
}

/** What keys are loaded with. */
export type KeysContext = FetchParts & Pick<AuthContext, 'keyValue' | 'log' | 'waitUntil'>

/** Keys that somebody publishes, loaded when they are needed and kept. */
export type RemoteKeys = Refreshed<KeySet, KeysContext>

/** How soon after a failure the issuer is asked again. */
const failureCooldownMs = 5_000
/** How long a request waits for new keys while the known ones can be gone on with. */
const waitMs = 250

/** Keys at a fixed address, or at the one a discovery document names. */
export function remoteKeys(address: string | DiscoveryAddress, rules: RemoteKeysRules = {}): RemoteKeys {
  const { maxAgeMs = 600_000, staleMs = 3_600_000, cooldownMs = 30_000, timeoutMs = 5_000 } = rules
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
  /** The longest that a load rests others: its own time, for discovery and keys, and what a failure adds. */
  const longestRestMs = 2 * timeoutMs + failureCooldownMs
  return new Refreshed(
    {
      recall: (context) => recall(name, longestRestMs, context),
      async load(context, held) {
        const { clock, log, signal } = context
        const at = clock.now()
        try {
          const loaded = { value: await load(context), at }
          await write(name, { at, keys: loaded.value.json }, context)
          return loaded
        } catch (error) {
          const isGone = signal?.aborted === true
          const known = held && { at: held.at, keys: held.value.json }
          // Others, each of whom is alone in a component, need not find it out again. Who went away has found nothing out.
          const what = isGone ? { restUntil: 0 } : { restUntil: clock.now() + failureCooldownMs, hasFailed: true }
          await noteFailure(name, known, what, at, context)
          if (held !== undefined && !isGone)
            log?.(
              'warn',
              'Keys of an issuer could not be loaded anew. The known ones are gone on with while they may.',
              { error: textOf(error) },
            )
          throw error
        }
      },
    },
    { maxAgeMs, staleMs, waitMs, cooldownMs, failureCooldownMs },
  )
}

/** What is stored for all who ask the same issuer: keys and when they were loaded, and how the last load went. */
interface Kept {
  readonly at?: number
  readonly keys?: JsonObject
  readonly restUntil?: number
  readonly hasFailed?: boolean
}

const storeKey = (name: string) => `auth/keys/${encodeURIComponent(name)}`

/** A store that fails, or holds something else, is one that has nothing: the issuer has the keys. */
async function recall(
  name: string,
  longestRestMs: number,
  { keyValue, log, clock }: KeysContext,
): Promise<Recalled<KeySet> | undefined> {
  try {
    const entry = await keyValue?.get(storeKey(name))
    if (entry === undefined) return undefined
    const { at, keys, restUntil, hasFailed } = (entry.value ?? {}) as JsonObject
    const now = clock.now()
    const isHeld = typeof at === 'number' && at <= now
    const isRest = typeof restUntil === 'number' && restUntil > now && restUntil - now <= longestRestMs
    if (!isHeld && hasFailed !== true) return undefined
    return {
      ...(isHeld && { held: { value: keySetOf(keys as JsonObject), at } }),
      restUntil: isRest ? restUntil : 0,
      ...(hasFailed === true && { failure: unavailable(name, new Error('It did not a moment ago, either.')) }),
      async claim() {
        const begun = { ...(entry.value as JsonObject), restUntil: clock.now() + longestRestMs }
        try {
          return (await keyValue?.compareAndSet(storeKey(name), entry.revision, begun)) !== false
        } catch (error) {
          log?.('debug', 'Who loads the keys of an issuer could not be agreed upon.', { error: String(error) })
          return true
        }
      },
    }
  } catch (error) {
    log?.('warn', 'Stored keys of an issuer could not be read.', { error: String(error) })
    return undefined
  }
}

/** What others loaded since stays as it is. */
async function noteFailure(name: string, known: Kept | undefined, what: Kept, begunAt: number, context: KeysContext) {
  try {
    const stored = (await context.keyValue?.get(storeKey(name)))?.value as Kept | null | undefined
    if (typeof stored?.at === 'number' && stored.at >= begunAt && stored.at <= context.clock.now()) return
    const isNew = stored === undefined || stored === null
    if (isNew && known === undefined && what.hasFailed !== true) return
    await write(name, { ...(typeof stored === 'object' && stored), ...known, ...what }, context)
  } catch (error) {
    context.log?.('warn', 'Stored keys of an issuer could not be read.', { error: String(error) })
  }
}

async function write(name: string, value: Kept, { keyValue, log }: KeysContext): Promise<void> {
  try {
    await keyValue?.set(storeKey(name), value as JsonObject)
  } catch (error) {
    log?.('warn', 'Keys of an issuer could not be stored.', { error: String(error) })
  }
}

/** With its cause: the address alone does not tell what is wrong there. */
function textOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error
    ? `${String(error)} ${String(error.cause)}`
    : String(error)
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
