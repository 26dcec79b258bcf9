import type { GuestContext } from '../worker/guest-context'
import { Pollable } from './io/pollable'

const NANOSECONDS_PER_MS = 1_000_000n
/** setTimeout takes at most 2^31-1 ms; a longer wait is cut into pieces by the poll loop. */
const MAX_TIMER_MS = 2_147_483_647

class TimerPollable extends Pollable {
  readonly #due: bigint

  constructor(context: GuestContext, due: bigint) {
    super(context)
    this.#due = due
  }

  override ready(): boolean {
    return process.hrtime.bigint() >= this.#due
  }

  override waitMs(): number {
    const left = this.#due - process.hrtime.bigint()
    return left <= 0n ? 0 : Number((left + NANOSECONDS_PER_MS - 1n) / NANOSECONDS_PER_MS)
  }

  override onReady(wake: () => void): () => void {
    const timer = setTimeout(wake, Math.min(this.waitMs(), MAX_TIMER_MS))
    return () => clearTimeout(timer)
  }
}

/** `wasi:clocks`: the host's clocks; a timer is a pollable. */
export function clocks(context: GuestContext) {
  return {
    'wasi:clocks/monotonic-clock': {
      now: () => process.hrtime.bigint(),
      resolution: () => 1n,
      subscribeInstant: (when: bigint) => new TimerPollable(context, when),
      subscribeDuration: (duration: bigint) => new TimerPollable(context, process.hrtime.bigint() + duration),
    },
    'wasi:clocks/wall-clock': {
      now: () => {
        const ms = Date.now()
        return { seconds: BigInt(Math.floor(ms / 1000)), nanoseconds: (ms % 1000) * 1_000_000 }
      },
      resolution: () => ({ seconds: 0n, nanoseconds: 1_000_000 }),
    },
  }
}
