import type { Clock } from '@pf-agents/agent-core'
import { abortReason } from '../time/abort'
import { type TimeoutWatch, type Timeouts, watchTimeouts } from '../time/timeouts'
import { abortableFetch } from './abortable-fetch'
import type { FetchFunction } from './fetch-function'

/** Options of {@link timedFetch}, beside those of `fetch`. */
export interface TimedFetchInit extends Omit<RequestInit, 'signal'> {
  signal?: AbortSignal | undefined
  timeouts: Timeouts
}

/**
 * `fetch` with limits that go on while the body is read: on headers, on silence and on the whole. The signal and the
 * limits hold until the body ends, fails or is canceled; then no timer and no listener is left. For bodies that are
 * streamed; read the body or cancel it.
 *
 * @throws PfError PF_HTTP_TIMEOUT with `details: { phase, ms }`, from the call or from reading the body
 *
 * @example
 * ```ts
 * const response = await timedFetch(fetch, url, { method: 'POST', body, timeouts: { headersMs: 10_000, idleMs: 60_000 } })
 * ```
 */
export async function timedFetch(
  fetch: FetchFunction,
  url: string,
  init: TimedFetchInit,
  clock?: Clock,
): Promise<Response> {
  const { timeouts, signal, ...rest } = init
  const watch = watchTimeouts(timeouts, { signal, clock })
  try {
    const response = await abortableFetch(fetch, url, { ...rest, signal: watch.signal })
    if (!response.body) {
      watch.dispose()
      return response
    }
    watch.headers()
    return watched(response, response.body, watch)
  } catch (error) {
    watch.dispose()
    throw error
  }
}

function watched(response: Response, body: ReadableStream<Uint8Array>, watch: TimeoutWatch): Response {
  const reader = body.getReader()
  const end = () => {
    watch.dispose()
    watch.signal.removeEventListener('abort', onAbort)
  }
  let fail: (reason: unknown) => void = () => {}
  const onAbort = () => {
    const reason = abortReason(watch.signal)
    end()
    fail(reason)
    void reader.cancel(reason).catch(() => {})
  }
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      fail = (reason) => controller.error(reason)
      if (watch.signal.aborted) onAbort()
      else watch.signal.addEventListener('abort', onAbort)
    },
    async pull(controller) {
      try {
        watch.activity()
        const { done, value } = await reader.read()
        watch.pause()
        if (watch.signal.aborted) return
        if (done) {
          end()
          controller.close()
          return
        }
        controller.enqueue(value)
      } catch (error) {
        end()
        if (!watch.signal.aborted) controller.error(error)
      }
    },
    cancel(reason) {
      end()
      return reader.cancel(reason)
    },
  })
  const { status, statusText, headers } = response
  return new Response(stream, { status, statusText, headers })
}
