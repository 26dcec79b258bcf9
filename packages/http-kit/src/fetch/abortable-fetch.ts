import type { AbortSource } from '@pf-agents/agent-core'
import { discard } from '../body/read-body'
import { checkAborted, raceAbort } from '../time/abort'
import type { FetchFunction } from './fetch-function'

/**
 * Calls `fetch` so that an abort always ends the wait, even where the function pays no heed to its signal
 * (an app's own `fetch` called in memory, say). A response that comes too late is canceled.
 *
 * @param stop - what is listened to, where that is less than a platform's signal; aborted together with it
 */
export async function abortableFetch(
  fetch: FetchFunction,
  url: string,
  init: RequestInit & { signal: AbortSignal },
  stop: AbortSource = init.signal,
): Promise<Response> {
  checkAborted(stop)
  return raceAbort(fetch(url, init), stop, discard)
}
