import { type Clock, type JsonObject, type JsonValue, PfError } from '@pf-agents/agent-core'
import { abortableFetch, discard, type FetchFunction, parseJson, readBody, watchTimeouts } from '@pf-agents/http-kit'

/** Bounds of asking an issuer. */
export interface FetchLimits {
  /** For the whole exchange, ms. Default 5,000. */
  timeoutMs?: number | undefined
  /** Bytes of the answer. Default 256 KiB. */
  maxBytes?: number | undefined
}

/** What an exchange is made with. */
export interface FetchParts {
  readonly fetch: FetchFunction
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks an issuer for a JSON object. Redirects are not followed: the address was chosen by whoever configured it.
 *
 * @throws PfError PF_AUTH_UNAVAILABLE for whatever goes wrong; its cause is for the log
 */
export async function fetchJson(
  url: string,
  init: RequestInit,
  { fetch, clock, signal }: FetchParts,
  limits: FetchLimits = {},
): Promise<JsonObject> {
  const { timeoutMs = 5_000, maxBytes = 256 * 1024 } = limits
  const watch = watchTimeouts({ totalMs: timeoutMs }, { clock, signal })
  try {
    const response = await abortableFetch(fetch, url, { ...init, redirect: 'manual', signal: watch.signal })
    if (response.status !== 200) {
      discard(response)
      throw new Error(`HTTP ${response.status}`)
    }
    const bytes = await readBody(response, maxBytes, { signal: watch.signal, code: 'PF_REMOTE_RESPONSE' })
    const json: JsonValue = parseJson(bytes, { code: 'PF_REMOTE_RESPONSE', maxDepth: 20 })
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('no JSON object')
    return json
  } catch (cause) {
    throw unavailable(url, cause)
  } finally {
    watch.dispose()
  }
}

/** The error where a credential can't be judged because somebody does not answer. */
export function unavailable(url: string, cause: unknown, retryAfterMs = 5_000): PfError {
  // Not the whole address: a query may hold what should not be in a log.
  const { origin, pathname } = new URL(url)
  return new PfError(
    'PF_AUTH_UNAVAILABLE',
    `Credentials can not be checked now: ${origin}${pathname} did not answer as it should.`,
    { cause, retryAfterMs },
  )
}
