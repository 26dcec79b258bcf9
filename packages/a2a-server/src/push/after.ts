import type { Awaitable } from '@pf-agents/agent-core'

/** Goes on with a value at once where it is there already: a store that answers at once keeps commits synchronous. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
