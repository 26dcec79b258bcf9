import { type AbortSource, type Clock, systemClock } from '@pf-agents/agent-core'
import { abortReason } from './abort'

/**
 * Resolves after some milliseconds; rejects with the signal's reason as soon as it aborts.
 * Leaves neither a timer nor a listener behind.
 */
export function sleep(
  ms: number,
  options: { signal?: AbortSource | undefined; clock?: Clock | undefined } = {},
): Promise<void> {
  const { signal, clock = systemClock } = options
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(abortReason(signal))
    const onAbort = () => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
      reject(abortReason(signal as AbortSource))
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort)
  })
}
