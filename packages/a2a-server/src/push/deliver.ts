import { A2A_JSON, JSON_TYPE, toV03Event, type WireStreamResponse } from '@pf-agents/a2a-protocol'
import { type Clock, PfError } from '@pf-agents/agent-core'
import { parseRetryAfter, readBody, watchTimeouts } from '@pf-agents/http-kit'
import type { GuardedFetch } from '@pf-agents/http-kit/node'
import type { StoredConfig } from './config-record'

/** Bytes of a receiver's answer that are read; only its status counts. */
const maxAnswerBytes = 16_384

/** How a receiver answered. */
export type DeliveryResult =
  | { outcome: 'delivered' }
  /** It does not want to hear of this task any more. */
  | { outcome: 'gone' }
  | {
      outcome: 'failed'
      /** For the log. Names no credential, and no address but the host's. */
      reason: string
      /** Whether the host itself answered, if not as it should. */
      isUp: boolean
      /** Whether the time was over. */
      isLate: boolean
      retryAfterMs: number | undefined
    }

/** What a delivery is made with. */
export interface DeliveryTools {
  readonly fetch: GuardedFetch
  readonly clock: Clock
  readonly timeoutMs: number
}

/** Makes one attempt (A2A 1.0, 4.3.3). Never rejects. */
export async function deliver(
  config: StoredConfig,
  event: WireStreamResponse,
  id: string,
  signal: AbortSignal,
  { fetch, clock, timeoutMs }: DeliveryTools,
): Promise<DeliveryResult> {
  const watch = watchTimeouts({ totalMs: timeoutMs }, { signal, clock })
  try {
    const response = await fetch(config.url, {
      method: 'POST',
      headers: headersOf(config, id),
      // 0.3 has the bare task.
      body: JSON.stringify(config.version === '0.3' ? toV03Event(event, 'kind') : event),
      redirect: 'manual',
      signal: watch.signal,
    })
    const { status } = response
    // Read, so that the connection can be used again; what it says is of no interest.
    await readBody(response, maxAnswerBytes, { signal: watch.signal }).catch(() => {})
    if (status >= 200 && status < 300) return { outcome: 'delivered' }
    if (status === 410) return { outcome: 'gone' }
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), clock.now())
    // A host that says how long to wait is there, whatever else it says: as with 429, it is left alone for that long.
    const isUp = status < 500 || (retryAfterMs ?? 0) > 0
    return { outcome: 'failed', reason: `HTTP ${status}`, isUp, isLate: false, retryAfterMs }
  } catch (error) {
    const isLate = PfError.is(error, 'PF_HTTP_TIMEOUT')
    return { outcome: 'failed', reason: reasonOf(error), isUp: false, isLate, retryAfterMs: undefined }
  } finally {
    watch.dispose()
  }
}

function headersOf({ token, authentication, version }: StoredConfig, id: string): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': version === '0.3' ? JSON_TYPE : A2A_JSON,
    'user-agent': 'pf-agents-push',
    'x-a2a-notification-id': id,
  }
  if (token !== undefined) headers['x-a2a-notification-token'] = token
  if (authentication?.credentials !== undefined)
    headers.authorization = `${authentication.scheme} ${authentication.credentials}`
  return headers
}

function reasonOf(error: unknown): string {
  if (PfError.is(error, 'PF_OUTBOUND_DENIED')) return 'the address may not be called'
  if (PfError.is(error, 'PF_HTTP_TIMEOUT')) return 'no answer in time'
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code } = cause as { code?: unknown }
  return typeof code === 'string' ? code : 'the connection failed'
}
