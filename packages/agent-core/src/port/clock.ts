import { port } from './port'

/** Time, so that tests and hosts can bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once after some milliseconds; the result cancels it. */
  after(ms: number, callback: () => void): () => void
}

/** The host's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    // Longer waits than a timer can hold would fire at once.
    const timer = setTimeout(callback, Math.min(ms, 2_147_483_647))
    return () => clearTimeout(timer)
  },
}

/** Port of the clock; bound to {@link systemClock} where nothing else provides it. */
export const clockPort = port<Clock>('pf.clock')
