import {
  canonicalAgentCard,
  type CardForm,
  cardFormHeader,
  type CardOrigin,
  type CardVerifier,
  type VerifiedCard,
} from '@pf-agents/a2a-protocol'
import {
  type Awaitable,
  type Clock,
  type JsonObject,
  type JsonValue,
  PfError,
  systemClock,
} from '@pf-agents/agent-core'
import type { FetchFunction } from '@pf-agents/http-kit'
import { base64url, type CryptoKey, decodeProtectedHeader, flattenedVerify, importJWK, type JWK } from 'jose'
import { BoundedMap } from '../outbound/bounded-map'
import { checkedUrl, originOf } from '../token/issuer'
import { allowedAlgorithms } from './algorithms'
import { coveredCard } from './covered-card'
import { isUnknownKey } from './key-set'
import { type KeysContext, type RemoteKeys, remoteKeys, type RemoteKeysRules } from './remote-keys'

/** A public key that is trusted. */
export interface TrustedKey {
  key: JWK | CryptoKey
  /** When it is not trusted any more: ISO 8601. Default: never. */
  expires?: string
}

/** Where trusted keys are. */
export type CardKeys =
  | Readonly<Record<string, TrustedKey>>
  | ((
      kid: string,
      about: { alg: string; card: JsonValue; url: string | undefined },
    ) => Awaitable<TrustedKey | undefined>)

/** Options of {@link createCardVerifier}. */
export interface CardVerifierOptions extends Omit<RemoteKeysRules, 'allowHttp'> {
  /** Keys by their `kid`, or who finds them. A function may look at whose card it says it is. Default none. */
  keys?: CardKeys
  /**
   * Origins, such as `https://keys.agent.example`, whose key sets are trusted where a signature names one (`jku`).
   * Default none: such a signature is then only good with a key of `keys`.
   */
  trustedOrigins?: readonly string[]
  /** Algorithms that are allowed. Default: all with public keys. */
  algorithms?: readonly string[]
  /**
   * What a signature may cover. Default `['spec']`: all that the card says, as the specification asks. Signatures of the
   * SDKs for JavaScript and Python cover less: no empty texts, lists and objects, and nothing they do not know. They are
   * the same, and good, for cards without such members. With `sdk` they are good, too, for cards whose empty members make
   * no difference; but whoever carries a card can then take out of it what is empty and does make one, such as a scheme
   * that is asked for without scopes.
   */
  forms?: readonly CardForm[]
  /**
   * Whether only signatures are good that say in their protected header what they cover (`cardFormHeader`), as those of
   * this SDK do. One that does not say may be over the form of the SDKs, and then the card it was made for may have asked
   * for more than the one that came: nothing tells. Turn it on where the agents are built with this SDK. Default false.
   */
  requireForm?: boolean
  /** Default: the global `fetch`. */
  fetch?: FetchFunction
  clock?: Clock
}

/** Signatures of one card that are looked at: each may cost an exchange. */
const maxSignatures = 8
const maxHeaderLength = 4096
/** Key sets kept at the same time. */
const maxSets = 32

/**
 * Makes what finds out whether agent cards are signed by somebody trusted (A2A 1.0, 8.4.3). One good signature is enough,
 * so that keys can be changed; signatures with an algorithm that is not allowed, `none` above all, never are. The card
 * that it gives back is the one that the signature covers.
 *
 * @throws PfError PF_CONFIG_INVALID where there is nobody to trust, or an option is not valid
 * @example
 * ```ts
 * const verifyCard = createCardVerifier({ keys: { '2026-11': { key: publicJwk } } })
 * const client = createA2AClient({ url: 'https://agent.example', verifyCard })
 * ```
 */
export function createCardVerifier(options: CardVerifierOptions): CardVerifier {
  const { keys, trustedOrigins = [], clock = systemClock, forms = ['spec'], requireForm = false } = options
  if (keys === undefined && trustedOrigins.length === 0)
    throw new PfError(
      'PF_CONFIG_INVALID',
      'createCardVerifier: say whose signatures are good, by "keys" or "trustedOrigins".',
    )
  const origins = new Set(
    trustedOrigins.map((one) => originOf(checkedUrl('createCardVerifier', 'trustedOrigins', one))),
  )
  const algorithms = allowedAlgorithms('createCardVerifier', 'public', options.algorithms)
  const fetch: FetchFunction = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  const sets = new BoundedMap<RemoteKeys>(maxSets)

  const trusted = async (
    kid: string,
    alg: string,
    card: JsonValue,
    url: string | undefined,
  ): Promise<CryptoKey | undefined> => {
    const found =
      typeof keys === 'function'
        ? await keys(kid, { alg, card, url })
        : keys && Object.hasOwn(keys, kid)
          ? keys[kid]
          : undefined
    if (found === undefined) return undefined
    if (found.expires !== undefined && !(Date.parse(found.expires) > clock.now())) return undefined
    return 'kty' in found.key ? ((await importJWK(found.key, alg)) as CryptoKey) : (found.key as CryptoKey)
  }
  const published = async (jku: string, header: { alg: string; kid: string }, signal?: AbortSignal) => {
    if (!isTrustedAddress(jku, origins)) return undefined
    let set = sets.get(jku)
    if (set === undefined) sets.set(jku, (set = remoteKeys(jku, options)))
    // Others may wait for the same keys: one caller's end is not theirs.
    const context: KeysContext = { fetch, clock }
    if (signal?.aborted) throw signal.reason
    const known = await set.current(context)
    const token = { payload: '', signature: '' }
    try {
      return (await known.find(header, token)) as CryptoKey
    } catch (error) {
      const newer = isUnknownKey(error) ? await set.newer(known, context) : undefined
      return (await newer?.find(header, token)) as CryptoKey | undefined
    }
  }

  return async (card: JsonValue, { url, signal }: CardOrigin): Promise<VerifiedCard> => {
    const signatures = signaturesOf(card)
    if (signatures.length === 0) throw unverified(url, 'it is not signed')
    const payloads = payloadsOf(card as JsonObject, forms, url)
    let why = 'none of its signatures is good'
    for (const { protected: encoded, signature } of signatures.slice(0, maxSignatures)) {
      try {
        const { alg, kid, jku, [cardFormHeader]: said } = decodeProtectedHeader({ protected: encoded })
        if (typeof alg !== 'string' || typeof kid !== 'string' || !algorithms.includes(alg)) continue
        const covers = payloads.filter(({ form }) => mayCover(said, form, requireForm))
        if (covers.length === 0) continue
        const key =
          (await trusted(kid, alg, card, url)) ??
          (typeof jku === 'string' ? await published(jku, { alg, kid }, signal) : undefined)
        if (key === undefined) continue
        for (const { form, payload } of covers) {
          if (!(await isGood(encoded, base64url.encode(payload), signature, key, algorithms))) continue
          const covered = coveredCard(card as JsonObject, payload)
          if (covered) return { kid, alg, form, card: { ...covered, signatures: [{ protected: encoded, signature }] } }
          why = 'it does not say what its signature covers'
        }
      } catch (error) {
        if (signal?.aborted) throw error
        // Another signature may be good.
        if (PfError.is(error, 'PF_AUTH_UNAVAILABLE')) why = 'the keys of its signature can not be loaded'
      }
    }
    throw unverified(url, why)
  }
}

function payloadsOf(card: JsonObject, forms: readonly CardForm[], url: string | undefined) {
  try {
    // One for each form, though they be the same: which signatures are good for it differs.
    return forms.map((form) => ({ form, payload: new TextEncoder().encode(canonicalAgentCard(card, form)) }))
  } catch {
    // Such as half a surrogate pair: nobody can have signed it.
    throw unverified(url, 'it can not be written canonically')
  }
}

/**
 * Whether a signature may cover a form, as its header says. One over the form of the SDKs never stands for that of the
 * specification. One over the latter left nothing out, so that the card it makes is the one that was signed, however it is
 * read. What says nothing is somebody else's: it is good for what it fits, unless that is not enough.
 */
function mayCover(said: unknown, form: CardForm, requireForm: boolean): boolean {
  return said === undefined ? !requireForm : said === 'spec' || said === form
}

async function isGood(
  encoded: string,
  payload: string,
  signature: string,
  key: CryptoKey,
  algorithms: string[],
): Promise<boolean> {
  try {
    await flattenedVerify({ protected: encoded, payload, signature }, key, { algorithms })
    return true
  } catch {
    return false
  }
}

function signaturesOf(card: JsonValue): { protected: string; signature: string }[] {
  const list = typeof card === 'object' && card !== null && !Array.isArray(card) ? card['signatures'] : undefined
  if (!Array.isArray(list)) return []
  return list.flatMap((one) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return []
    const { protected: header, signature } = one
    return typeof header === 'string' &&
      header.length <= maxHeaderLength &&
      typeof signature === 'string' &&
      signature.length <= maxHeaderLength
      ? [{ protected: header, signature }]
      : []
  })
}

/** Only over https, and only where somebody said that the host is trusted: the card itself is what is in question. */
function isTrustedAddress(jku: string, origins: ReadonlySet<string>): boolean {
  try {
    return origins.has(originOf(checkedUrl('jku', 'jku', jku)))
  } catch {
    return false
  }
}

function unverified(url: string | undefined, why: string): PfError {
  const from = url === undefined ? '' : ` at ${new URL(url).origin}${new URL(url).pathname}`
  return new PfError('PF_REMOTE_CARD', `The agent card${from} can not be trusted: ${why}.`, {
    details: { reason: 'signature' },
  })
}
