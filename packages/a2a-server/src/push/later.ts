import { type Clock, systemClock } from '@pf-agents/agent-core'

/** As `clock.after`, but a process that has nothing else to do is not kept alive. */
export function later(clock: Clock, ms: number, callback: () => void): () => void {
  if (clock !== systemClock) return clock.after(ms, callback)
  const timer = setTimeout(callback, ms)
  timer.unref()
  return () => clearTimeout(timer)
}
