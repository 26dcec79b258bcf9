import type { Clock } from '@pf-agents/agent-core'

/** A clock for tests: time passes only when told to, and timers fire in order. */
export interface FakeClock extends Clock {
  /** Lets time pass from timer to timer until the promise settles, and gives what it settles to. */
  until<T>(promise: Promise<T>): Promise<T>
  /** Lets time pass; timers that fall due fire in order, and promises they settle run before the next one. */
  advance(ms: number): Promise<void>
  /** Lets time pass from timer to timer until none is left (at most `max`, 10,000). */
  run(max?: number): Promise<void>
  /** Timers that are set. */
  readonly pending: number
}

/** Makes a clock that stands still at `start` (milliseconds since 1970). */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let now = start
  let order = 0
  const timers = new Map<number, { at: number; callback: () => void }>()
  const settle = async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const next = () => [...timers].sort(([a, x], [b, y]) => x.at - y.at || a - b)[0]
  const fire = async (id: number, timer: { at: number; callback: () => void }) => {
    timers.delete(id)
    now = Math.max(now, timer.at)
    timer.callback()
    await settle()
  }
  return {
    now: () => now,
    after(ms, callback) {
      const id = order++
      timers.set(id, { at: now + Math.max(0, ms), callback })
      return () => timers.delete(id)
    },
    async advance(ms) {
      await settle()
      const end = now + ms
      for (let due = next(); due && due[1].at <= end; due = next()) await fire(...due)
      now = end
      await settle()
    },
    async run(max = 10_000) {
      await settle()
      for (let due = next(); due; due = next()) {
        if (max-- <= 0) throw new Error('The timers never end.')
        await fire(...due)
      }
    },
    async until(promise) {
      let over = false
      const end = () => void (over = true)
      promise.then(end, end)
      await settle()
      while (!over) {
        const due = next()
        if (due) await fire(...due)
        else await settle()
      }
      return promise
    },
    get pending() {
      return timers.size
    },
  }
}
