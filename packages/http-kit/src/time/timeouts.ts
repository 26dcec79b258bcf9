import { type AbortSource, type Clock, followSource, PfError, systemClock } from '@pf-agents/agent-core'
import { abortReason } from './abort'
import { StopSignal } from './stop-signal'

/** How long a peer may take. Milliseconds; a limit that is left out does not apply. */
export interface Timeouts {
  /** From the start until the response's headers. */
  headersMs?: number | undefined
  /** From the headers until `first()`: to something that counts, heartbeats apart. */
  firstMs?: number | undefined
  /** While a chunk of the response's body is waited for, and from the headers to the first. */
  idleMs?: number | undefined
  /** From the start until the end of the body. */
  totalMs?: number | undefined
}

/** Signals that abort at the first limit reached, or with the caller's own signal. */
export interface TimeoutWatch {
  /** For `fetch`. */
  readonly signal: AbortSignal
  /** The same for listeners among ourselves: it is aborted right behind `signal`. */
  readonly stop: AbortSource
  /** The headers are here: ends `headersMs`, begins `idleMs`. */
  headers(): void
  /** What was waited for is here: ends `firstMs`. */
  first(): void
  /** A chunk is here, or waited for: begins `idleMs` anew. */
  activity(): void
  /** No chunk is waited for until the next `activity()`: ends `idleMs`. Whoever reads slowly does not use it up. */
  pause(): void
  /** Must be called at the end: clears the timer and leaves the caller's signal. */
  dispose(): void
}

/** Where the time went. */
export type TimeoutPhase = 'headers' | 'first' | 'idle' | 'total'

const never = Number.POSITIVE_INFINITY

/**
 * Watches over the limits of one exchange. One listener on the caller's signal, none after `dispose`, and never more than
 * one timer. The signal's reason is the caller's, or a PfError PF_HTTP_TIMEOUT with `details: { phase, ms }`.
 */
export function watchTimeouts(
  timeouts: Timeouts,
  options: { signal?: AbortSource | undefined; clock?: Clock | undefined } = {},
): TimeoutWatch {
  return new Watch(timeouts, options.signal, options.clock ?? systemClock)
}

class Watch implements TimeoutWatch {
  readonly stop = new StopSignal()
  readonly #controller = new AbortController()
  readonly #timeouts: Timeouts
  readonly #outer: AbortSource | undefined
  readonly #clock: Clock
  /** When each limit that runs is reached. */
  readonly #ends = new Map<TimeoutPhase, number>()
  #ringsAt = never
  #cancelTimer: (() => void) | undefined
  #unfollow: (() => void) | undefined

  readonly #onOuter = (): void => this.#abort(abortReason(this.#outer as AbortSource))

  constructor(timeouts: Timeouts, outer: AbortSource | undefined, clock: Clock) {
    this.#timeouts = timeouts
    this.#outer = outer
    this.#clock = clock
    if (outer?.aborted) this.#onOuter()
    else {
      outer?.addEventListener('abort', this.#onOuter)
      if (outer !== undefined) this.#unfollow = followSource(this.signal, outer)
      this.#begin('total')
      this.#begin('headers')
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  headers(): void {
    if (this.stop.aborted) return
    this.#ends.delete('headers')
    this.#begin('first')
    this.#begin('idle')
  }

  first(): void {
    this.#ends.delete('first')
  }

  activity(): void {
    this.#begin('idle')
  }

  pause(): void {
    this.#ends.delete('idle')
  }

  dispose(): void {
    this.#cancelTimer?.()
    this.#ringsAt = 0
    this.#outer?.removeEventListener('abort', this.#onOuter)
    this.#unfollow?.()
  }

  /** Limits are not for a clock to change that is set. */
  #now(): number {
    return this.#clock.elapsed?.() ?? this.#clock.now()
  }

  #begin(phase: TimeoutPhase): void {
    const ms = this.#timeouts[`${phase}Ms`]
    if (ms === undefined) return
    const end = this.#now() + ms
    this.#ends.set(phase, end)
    if (end < this.#ringsAt) this.#wait(end, ms)
  }

  /** A limit that was put off leaves the timer as it is: when that rings, what is left is waited for. */
  #wait(until: number, ms: number): void {
    this.#cancelTimer?.()
    this.#ringsAt = until
    this.#cancelTimer = this.#clock.after(ms, () => this.#ring())
  }

  #ring(): void {
    this.#ringsAt = never
    for (const [phase, end] of this.#ends) {
      const left = end - this.#now()
      if (left <= 0) return this.#abort(timeoutError(phase, this.#timeouts[`${phase}Ms`] as number))
      if (end < this.#ringsAt) this.#wait(end, left)
    }
  }

  #abort(reason: unknown): void {
    this.dispose()
    if (this.stop.aborted) return
    this.#controller.abort(reason)
    this.stop.abort(reason)
  }
}

const phases: Record<TimeoutPhase, string> = {
  headers: 'sent no response',
  first: 'sent nothing that counts',
  idle: 'sent nothing more',
  total: 'did not finish its response',
}

function timeoutError(phase: TimeoutPhase, ms: number): PfError<'PF_HTTP_TIMEOUT'> {
  return new PfError(
    'PF_HTTP_TIMEOUT',
    `The peer ${phases[phase]} within ${ms} ms. Raise the timeout or look at the peer.`,
    {
      details: { phase, ms },
    },
  )
}
