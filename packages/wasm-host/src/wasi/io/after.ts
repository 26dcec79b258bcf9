/**
 * Goes on after a wait. Where guests are suspended, waits are promises; where each has a thread of its own, the wait is
 * over when the call returns, and the bindings take no promise.
 */
export function after<T, R>(waited: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return waited instanceof Promise ? waited.then(next) : next(waited)
}
