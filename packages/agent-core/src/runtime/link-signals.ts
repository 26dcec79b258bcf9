import { isFollowing } from './abort-source'

/**
 * A signal that follows two others, and the function that lets go of them.
 * (`AbortSignal.any` is missing or wrong in components, and keeps its sources alive.)
 */
export function linkSignals(
  a: AbortSignal,
  b: AbortSignal | null | undefined,
): { signal: AbortSignal; unlink: () => void } {
  if (b === null || b === undefined) return { signal: a, unlink: () => {} }
  if (isFollowing(b, a)) return { signal: b, unlink: () => {} }
  const controller = new AbortController()
  const sources = [a, b]
  const listeners = sources.map((source) => {
    const listener = (): void => controller.abort(source.reason)
    if (source.aborted) listener()
    else source.addEventListener('abort', listener, { once: true })
    return listener
  })
  return {
    signal: controller.signal,
    unlink: () =>
      sources.forEach((source, index) => source.removeEventListener('abort', listeners[index] as () => void)),
  }
}
