import {
  A2A_JSON,
  type AgentCard,
  type CardVerifier,
  decodeAgentCard,
  JSON_TYPE,
  sameVersion,
} from '@pf-agents/a2a-protocol'
import { type Clock, type JsonValue, PfError } from '@pf-agents/agent-core'
import { parseJson } from '@pf-agents/http-kit'
import type { Dialect } from '../dialect'
import { httpError } from '../transport/errors'
import type { Exchange } from '../transport/exchange'
import type { WireResponse } from '../transport/wire'
import { freshnessOf } from './cache-control'
import type { CachedCard } from './card-cache'

/** A card that was loaded, or found to be still good. */
export interface LoadedCard {
  cached: CachedCard
  card: AgentCard
  /** Whether others may be given it: nothing personal was sent, and the server allows it to be stored. */
  shareable: boolean
}

/** What a card is loaded with. */
export interface CardLoader {
  exchange: Exchange
  clock: Clock
  verifyCard?: CardVerifier | undefined
  /** Reads cards of another version. */
  dialect?: Dialect | undefined
}

/**
 * Asks for a card, with what is known of the one at hand, so that the server need not send it again (§8.6).
 *
 * @throws PfError PF_REMOTE_CARD where there is none or it can't be used; A2AError for answers that may change (429, 5xx)
 */
export async function loadCard(
  url: string,
  known: CachedCard | undefined,
  signal: AbortSignal,
  loader: CardLoader,
): Promise<LoadedCard> {
  const headers: Record<string, string> = { accept: `${JSON_TYPE}, ${A2A_JSON}` }
  if (known?.etag) headers['if-none-match'] = known.etag
  else if (known?.lastModified) headers['if-modified-since'] = known.lastModified
  // Node's fetch adds `no-cache` to conditional requests that name no cache rule, and Express then sends all of it again.
  if (known) headers['cache-control'] = 'max-age=0'
  let personal = false
  const request = { url, method: 'GET', headers, operation: 'card' as const }
  const response = await loader.exchange(request, { signal, onPersonal: () => (personal = true) })
  const now = loader.clock.now()
  const { store, freshMs } = freshnessOf(response.headers)
  const json = jsonOfCard(url, response, known, now)
  const cached: CachedCard = { json, freshUntil: now + freshMs }
  const etag = response.headers.get('etag') ?? (response.status === 304 ? known?.etag : undefined)
  const lastModified =
    response.headers.get('last-modified') ?? (response.status === 304 ? known?.lastModified : undefined)
  if (etag) cached.etag = etag
  if (lastModified) cached.lastModified = lastModified
  const card = await trustedCard(url, json, loader, signal)
  return { cached, card, shareable: store && !personal }
}

function jsonOfCard(url: string, response: WireResponse, known: CachedCard | undefined, now: number): JsonValue {
  const { status } = response
  if (status === 304 && known) return known.json
  if (status === 429 || status >= 500) throw httpError(response, now)
  if (status !== 200) throw cardError(url, `the answer is HTTP ${status}`, { status })
  try {
    return parseJson(response.bytes, { code: 'PF_REMOTE_RESPONSE' })
  } catch (cause) {
    throw cardError(url, 'the answer is no JSON', { status }, cause)
  }
}

/**
 * Reads a card that can be trusted. Where it is verified, what was verified is read and not what came: a signature need
 * not cover all of that.
 *
 * @throws PfError PF_REMOTE_CARD
 */
export async function trustedCard(
  url: string,
  json: JsonValue,
  { verifyCard, dialect }: Pick<CardLoader, 'verifyCard' | 'dialect'>,
  signal?: AbortSignal,
): Promise<AgentCard> {
  const trusted = verifyCard ? (await verifyCard(json, { url, signal })).card : json
  return readCard(url, trusted, dialect)
}

/** Reads a card. @throws PfError PF_REMOTE_CARD */
function readCard(url: string, json: JsonValue, dialect: Dialect | undefined): AgentCard {
  try {
    return dialect?.readCard(json) ?? decodeAgentCard(json)
  } catch (cause) {
    const old = json as { protocolVersion?: unknown; supportedInterfaces?: unknown } | null
    const version = old?.supportedInterfaces === undefined ? old?.protocolVersion : undefined
    const isSpoken = typeof version !== 'string' || (dialect !== undefined && sameVersion(version, dialect.version))
    const why = isSpoken
      ? 'it is malformed'
      : `it is one of A2A ${version.slice(0, 20)}, which this client does not speak`
    throw cardError(url, why, PfError.is(cause) ? cause.details : undefined, cause)
  }
}

function cardError(url: string, why: string, details: PfError['details'], cause?: unknown): PfError {
  const { origin, pathname } = new URL(url)
  const options = { details: { ...details, url: origin + pathname }, ...(cause !== undefined && { cause }) }
  return new PfError('PF_REMOTE_CARD', `The agent card at ${origin}${pathname} can not be used: ${why}.`, options)
}
