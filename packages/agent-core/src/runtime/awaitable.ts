import type { Awaitable } from '../port/run-store'

/** Whether a value has to be waited for. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    value instanceof Promise ||
    (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
  )
}

/** Goes on with a value at once where it is there already: a run that waits for nothing makes no promises. */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? (value as Promise<T>).then(next) : next(value)
}

/** Does something once a value is there or can't be had. */
export function andFinally<T>(work: () => Awaitable<T>, last: () => void): Awaitable<T> {
  let result: Awaitable<T>
  try {
    result = work()
  } catch (error) {
    last()
    throw error
  }
  if (!isPromise(result)) {
    last()
    return result
  }
  return (result as Promise<T>).then(
    (value) => {
      last()
      return value
    },
    (error: unknown) => {
      last()
      throw error
    },
  )
}
