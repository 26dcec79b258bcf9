const mark = Symbol.for('pf-agents.end-of-run')

/**
 * Marks what a run, a tool call or a request to a model has been ended by. Whoever hosts runs tells by it what handlers have
 * left behind from mistakes of their own: the run it belongs to has heard of it.
 *
 * @returns the same
 */
export function markEndOfRun<T>(reason: T): T {
  if (typeof reason === 'object' && reason !== null && Object.isExtensible(reason) && !(mark in reason))
    Object.defineProperty(reason, mark, { value: true })
  return reason
}

/**
 * Whether something was thrown because a run, a tool call or a request to a model has ended.
 *
 * @example
 * ```ts
 * process.on('unhandledRejection', (reason) => {
 *   if (!isEndOfRun(reason) && !ThrownReply.is(reason)) throw reason
 * })
 * ```
 */
export function isEndOfRun(reason: unknown): reason is Error {
  return typeof reason === 'object' && reason !== null && mark in reason
}
