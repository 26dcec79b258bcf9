import { type Clock, systemClock } from '@pf-agents/agent-core'

/** As `clock.after`, but a process that has nothing else to do is not kept alive. */
export function later(clock: Clock, ms: number, callback: () => void): () => void {
  if (clock !== systemClock) return clock.after(ms, callback)
  // Longer waits than a timer can hold would be over at once.
  const timer = setTimeout(callback, Math.min(ms, 2_147_483_647))
  timer.unref()
  return () => clearTimeout(timer)
}
