import type { AbortSource } from '@pf-agents/agent-core'

/** The reason a signal was aborted with; an `AbortError` where it gives none. */
export function abortReason(signal: AbortSource): unknown {
  return signal.reason ?? new DOMException('This operation was aborted', 'AbortError')
}

/** Throws the signal's reason where it is aborted already. (`throwIfAborted` silently returns in StarlingMonkey.) */
export function checkAborted(signal: AbortSource | undefined): void {
  if (signal?.aborted) throw abortReason(signal)
}

/**
 * Waits for a promise, but no longer than until the signal aborts: then it rejects with the signal's reason.
 * The listener is gone when it settles. What comes too late goes to `late` (to cancel a body, say); a late failure is
 * nobody's business any more.
 */
export function raceAbort<T>(
  promise: Promise<T>,
  signal: AbortSource | undefined,
  late?: (value: T) => void,
): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    let over = false
    const onAbort = () => {
      over = true
      signal.removeEventListener('abort', onAbort)
      reject(abortReason(signal))
    }
    const settle = (use: () => void) => {
      if (over) return
      over = true
      signal.removeEventListener('abort', onAbort)
      use()
    }
    promise.then(
      (value) => (over ? late?.(value) : settle(() => resolve(value))),
      (error) => settle(() => reject(error)),
    )
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
}
