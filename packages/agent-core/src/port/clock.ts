import { port } from './port'

/** Time, so that tests and hosts can bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Milliseconds since some moment, that go by what has passed: a clock that is set changes `now`, not this. Default: `now`.
   */
  elapsed?(): number
  /**
   * Calls back once after some milliseconds; the result cancels it. After 0 milliseconds is when the host has had its
   * turn: what was due before, and sockets that have something, come first.
   */
  after(ms: number, callback: () => void): () => void
}

interface Immediates {
  setImmediate(callback: () => void): unknown
  clearImmediate(immediate: unknown): void
}

/** The host's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, callback) {
    const { setImmediate, clearImmediate } = globalThis as Partial<Immediates>
    // Where the host has it (Node): a timer would wait for the next millisecond.
    if (ms === 0 && setImmediate !== undefined) {
      const immediate = setImmediate(callback)
      return () => clearImmediate?.(immediate)
    }
    // Longer waits than a timer can hold would fire at once.
    const timer = setTimeout(callback, Math.min(ms, 2_147_483_647))
    return () => clearTimeout(timer)
  },
}

/** Port of the clock; bound to {@link systemClock} where nothing else provides it. */
export const clockPort = port<Clock>('pf.clock')
