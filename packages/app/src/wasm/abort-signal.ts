/**
 * Replaces what StarlingMonkey gets wrong on AbortSignal: `any` is born aborted and never fires (fixed upstream after
 * July 2026), `throwIfAborted` does nothing (StarlingMonkey #316), `abort()` without a reason throws.
 */
export function addAbortSignalMembers(): void {
  define(AbortSignal, 'any', anySignal)
  define(AbortSignal, 'abort', abortedSignal)
  define(AbortSignal.prototype, 'throwIfAborted', throwIfAborted)
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true })
}

function anySignal(signals: Iterable<AbortSignal>): AbortSignal {
  const controller = new AbortController()
  const sources = [...signals]
  const aborted = sources.find((signal) => signal.aborted)
  if (aborted !== undefined) {
    controller.abort(aborted.reason)
    return controller.signal
  }
  const listeners = sources.map((source) => () => {
    sources.forEach((one, index) => one.removeEventListener('abort', listeners[index] as () => void))
    controller.abort(source.reason)
  })
  sources.forEach((source, index) => source.addEventListener('abort', listeners[index] as () => void))
  return controller.signal
}

function abortedSignal(...reason: [unknown?]): AbortSignal {
  const controller = new AbortController()
  controller.abort(reason.length > 0 ? reason[0] : new DOMException('This operation was aborted', 'AbortError'))
  return controller.signal
}

function throwIfAborted(this: AbortSignal): void {
  if (this.aborted) throw this.reason
}
