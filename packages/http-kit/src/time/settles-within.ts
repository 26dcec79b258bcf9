import { type Clock, systemClock } from '@pf-agents/agent-core'

/**
 * Waits for a promise, though not for longer than some milliseconds: for work that goes on where nobody waits for it.
 * Resolves to whether it settled, kept or broken. Leaves no timer behind, and no rejection unheard.
 *
 * @param ms - 0 or less: not at all
 * @example
 * ```ts
 * const isNew = await settlesWithin(refresh(), 250)
 * ```
 */
export function settlesWithin(promise: Promise<unknown>, ms: number, clock: Clock = systemClock): Promise<boolean> {
  return new Promise((resolve) => {
    let cancel: (() => void) | undefined
    const settled = () => {
      cancel?.()
      resolve(true)
    }
    promise.then(settled, settled)
    if (ms > 0) cancel = clock.after(ms, () => resolve(false))
    else resolve(false)
  })
}
