import { discard } from '../body/read-body'
import { checkAborted, raceAbort } from '../time/abort'
import type { FetchFunction } from './fetch-function'

/**
 * Calls `fetch` so that an abort always ends the wait, even where the function pays no heed to its signal
 * (an app's own `fetch` called in memory, say). A response that comes too late is canceled.
 */
export async function abortableFetch(
  fetch: FetchFunction,
  url: string,
  init: RequestInit & { signal: AbortSignal },
): Promise<Response> {
  checkAborted(init.signal)
  return raceAbort(fetch(url, init), init.signal, discard)
}
