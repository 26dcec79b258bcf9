import { type AbortSource, type Clock, followSource, PfError, systemClock } from '@pf-agents/agent-core'
import { abortReason } from './abort'

/** How long a peer may take. Milliseconds; a limit that is left out does not apply. */
export interface Timeouts {
  /** From the start until the response's headers. */
  headersMs?: number | undefined
  /** From the headers until `first()`: to something that counts, heartbeats apart. */
  firstMs?: number | undefined
  /** Between two chunks of the response's body, and from the headers to the first. */
  idleMs?: number | undefined
  /** From the start until the end of the body. */
  totalMs?: number | undefined
}

/** A signal that aborts at the first limit reached, or with the caller's own signal. */
export interface TimeoutWatch {
  readonly signal: AbortSignal
  /** The headers are here: ends `headersMs`, begins `idleMs`. */
  headers(): void
  /** What was waited for is here: ends `firstMs`. */
  first(): void
  /** A chunk is here: begins `idleMs` anew. */
  activity(): void
  /** Must be called at the end: clears the timers and leaves the caller's signal. */
  dispose(): void
}

/** Where the time went. */
export type TimeoutPhase = 'headers' | 'first' | 'idle' | 'total'

/**
 * Watches over the limits of one exchange. One listener on the caller's signal, none after `dispose`.
 * The signal's reason is the caller's, or a PfError PF_HTTP_TIMEOUT with `details: { phase, ms }`.
 */
export function watchTimeouts(
  timeouts: Timeouts,
  options: { signal?: AbortSource | undefined; clock?: Clock | undefined } = {},
): TimeoutWatch {
  const { signal: outer, clock = systemClock } = options
  const controller = new AbortController()
  const timers = new Map<TimeoutPhase, () => void>()
  let lastActivity = 0
  let unfollow: (() => void) | undefined

  const dispose = () => {
    for (const cancel of timers.values()) cancel()
    timers.clear()
    outer?.removeEventListener('abort', onOuter)
    unfollow?.()
  }
  const end = (reason: unknown) => {
    dispose()
    if (!controller.signal.aborted) controller.abort(reason)
  }
  const onOuter = () => end(abortReason(outer as AbortSource))
  const stop = (phase: TimeoutPhase) => {
    timers.get(phase)?.()
    timers.delete(phase)
  }
  const start = (phase: TimeoutPhase, ms: number | undefined) => {
    if (ms === undefined || ms === Number.POSITIVE_INFINITY) return
    timers.set(
      phase,
      clock.after(ms, () => end(timeoutError(phase, ms))),
    )
  }
  // One timer per quiet spell, not one per chunk: when it rings it looks how long it really was quiet.
  const startIdle = (limit: number, left: number) => {
    timers.set(
      'idle',
      clock.after(left, () => {
        const rest = lastActivity + limit - clock.now()
        if (rest > 0) startIdle(limit, rest)
        else end(timeoutError('idle', limit))
      }),
    )
  }

  if (outer?.aborted) end(abortReason(outer))
  else {
    outer?.addEventListener('abort', onOuter)
    if (outer !== undefined) unfollow = followSource(controller.signal, outer)
    start('total', timeouts.totalMs)
    start('headers', timeouts.headersMs)
  }
  return {
    signal: controller.signal,
    headers() {
      if (controller.signal.aborted) return
      stop('headers')
      start('first', timeouts.firstMs)
      lastActivity = clock.now()
      if (timeouts.idleMs !== undefined && timeouts.idleMs !== Number.POSITIVE_INFINITY)
        startIdle(timeouts.idleMs, timeouts.idleMs)
    },
    first() {
      stop('first')
    },
    activity() {
      lastActivity = clock.now()
    },
    dispose,
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
