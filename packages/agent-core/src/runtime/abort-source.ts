/**
 * What says that something is to stop: an `AbortSignal`, or what looks like one. Platforms make signals that garbage
 * collectors find hard to let go of, so that one is only made where a platform's function wants it.
 */
export interface AbortSource {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

const sources = new WeakMap<AbortSource, AbortSource>()

/**
 * Says that a signal aborts whenever its source does: who is handed it need not join it with that source again.
 *
 * @returns what takes it back, to be called where it ceases to be true
 */
export function followSource(signal: AbortSource, source: AbortSource): () => void {
  sources.set(signal, source)
  return () => sources.delete(signal)
}

/** Whether a signal is the source, or follows it, over however many others. */
export function isFollowing(signal: AbortSource, source: AbortSource): boolean {
  for (let at: AbortSource | undefined = signal; at !== undefined; at = sources.get(at)) if (at === source) return true
  return false
}
