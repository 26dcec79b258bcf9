import type { Clock } from '../port/clock'

/** A clock for tests: time passes only when it is told to, and timers fire in order. */
export interface FakeClock extends Clock {
  /** Lets time pass; timers that fall due fire in order, and what they set off in promises runs before the next one. */
  advance(ms: number): Promise<void>
  /** Lets promises run without letting time pass. */
  settle(): Promise<void>
  /**
   * Lets time pass from timer to timer until the promise settles, and gives what it settles to.
   * Where no timer is left it waits for whatever else the promise depends on.
   */
  until<T>(promise: PromiseLike<T>): Promise<T>
  /** Lets time pass from timer to timer until none is left. @throws Error where `max` (default 10,000) are not enough. */
  run(max?: number): Promise<void>
  /** Timers that are set. */
  readonly pending: number
  /** Timers that were ever set. */
  readonly started: number
}

interface Timer {
  at: number
  order: number
  callback: () => void
}

/** Waits for a turn of the event loop: by then every promise that can run has run. `setImmediate` is Node's, and faster. */
function turn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void }
  return new Promise((resolve) => (setImmediate === undefined ? setTimeout(resolve, 0) : setImmediate(resolve)))
}

/**
 * Makes a clock that stands still until it is moved.
 *
 * @param start Milliseconds since 1970. Default a day in November 2023.
 * @example
 * ```ts
 * const clock = createFakeClock()
 * clock.after(1000, () => console.log('a second later'))
 * await clock.advance(1000)
 * ```
 */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  const timers = new Set<Timer>()
  let now = start
  let started = 0

  function next(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of timers) {
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer
    }
    return first
  }

  async function settle(): Promise<void> {
    await turn()
    await turn()
  }

  async function fire(timer: Timer): Promise<void> {
    timers.delete(timer)
    now = Math.max(now, timer.at)
    timer.callback()
    await settle()
  }

  return {
    now: () => now,
    after(ms, callback) {
      const timer: Timer = { at: now + Math.max(0, ms), order: started++, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    settle,
    async advance(ms) {
      await settle()
      const end = now + ms
      for (let due = next(); due !== undefined && due.at <= end; due = next()) await fire(due)
      now = end
      await settle()
    },
    async run(max = 10_000) {
      await settle()
      let left = max
      for (let due = next(); due !== undefined; due = next()) {
        if (left-- <= 0) throw new Error(`${max} timers fired, and more are set: they never end.`)
        await fire(due)
      }
    },
    async until(promise) {
      let isOver = false
      const end = (): void => {
        isOver = true
      }
      promise.then(end, end)
      await settle()
      while (!isOver) {
        const due = next()
        if (due !== undefined) await fire(due)
        else await turn()
      }
      return promise
    },
    get pending() {
      return timers.size
    },
    get started() {
      return started
    },
  }
}
