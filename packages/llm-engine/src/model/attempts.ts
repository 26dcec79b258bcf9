import {
  type AbortSource,
  type Clock,
  type ModelCall,
  type ModelHost,
  type ModelProfile,
  type ModelStreamPart,
  PfError,
  type Random,
  systemClock,
  systemRandom,
} from '@pf-agents/agent-core'
import { type Backoff, backoffDelay, sleep, type Timeouts } from '@pf-agents/http-kit'
import type { ModelError } from '../error/model-error'
import { defaultBackoff, defaultTimeouts, type ModelOptions, reasoningFirstOutputMs } from './model-options'
import { defined } from '../wire/json'

/** One try to get an answer. */
export interface Attempt {
  /** Asks, and reads to the first output, or to the end: the caller has seen nothing until then. */
  open(): Promise<ModelStreamPart[]>
  /** The next parts, or `undefined` at the end. */
  next(): Promise<ModelStreamPart[] | undefined>
  /** Frees what the attempt holds. */
  close(): void
}

/** What every attempt of a call shares. */
export interface AttemptContext {
  host: ModelHost & { clock: Clock; random: Random }
  /** `totalMs` is what is left of it. */
  timeouts: Timeouts
  signal: AbortSource
}

/** What attempts are made by, of all the options of a model. */
export type AttemptOptions = Pick<ModelOptions, 'host' | 'timeouts' | 'attempts' | 'backoff' | 'maxRetryAfterMs'>

/** Makes attempts, with waits between them, until one has output or none are left; then hands on what it gives. */
export async function* runAttempts(
  model: { provider: string; modelId: string; profile: ModelProfile },
  options: AttemptOptions,
  call: ModelCall,
  signal: AbortSource,
  begin: (context: AttemptContext) => Attempt,
): AsyncGenerator<ModelStreamPart[], undefined, undefined> {
  if (signal.aborted) throw signal.reason
  const given: ModelHost = { ...options.host, ...call.host }
  const { clock = systemClock, random = systemRandom } = given
  const host = { ...given, clock, random }
  const timeouts = timeoutsOf(model.profile, options, call)
  const end = timeouts.totalMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeouts.totalMs
  const attempts = call.attempts ?? options.attempts ?? 3

  for (let number = 1; ; number++) {
    const totalMs = end === Number.POSITIVE_INFINITY ? undefined : end - clock.now()
    const attempt = begin({ host, timeouts: { ...timeouts, totalMs }, signal })
    let first: ModelStreamPart[]
    try {
      first = await attempt.open()
    } catch (error) {
      const delayMs = delayBefore(error, number, options, random.fraction())
      if (signal.aborted || number >= attempts || delayMs === undefined || clock.now() + delayMs >= end) throw error
      const { code } = error as ModelError
      yield [{ type: 'retry', attempt: number, code, delayMs, provider: model.provider, modelId: model.modelId }]
      await sleep(delayMs, { signal, clock })
      continue
    }
    try {
      yield first
      for (let parts = await attempt.next(); parts !== undefined; parts = await attempt.next()) yield parts
    } finally {
      attempt.close()
    }
    return undefined
  }
}

/** How long to wait before the next attempt, or `undefined` where there is to be none. */
function delayBefore(error: unknown, attempt: number, options: AttemptOptions, fraction: number): number | undefined {
  if (!PfError.is(error) || !error.retryable) return undefined
  const asked = error.retryAfterMs ?? 0
  if (asked > (options.maxRetryAfterMs ?? 60_000)) return undefined
  const backoff: Backoff = { ...defaultBackoff, ...options.backoff }
  // Jitter on top, so that those who were sent away together do not come back together.
  return asked + backoffDelay(attempt - 1, backoff, fraction)
}

function timeoutsOf(profile: ModelProfile, options: AttemptOptions, call: ModelCall): Timeouts {
  const set = { ...defined(options.timeouts ?? {}), ...defined(call.timeouts ?? {}) }
  const thinks = call.reasoning ? call.reasoning.effort !== 'none' : profile.reasoning === true
  return {
    headersMs: set.headersMs ?? defaultTimeouts.headersMs,
    firstMs: set.firstOutputMs ?? (thinks ? reasoningFirstOutputMs : defaultTimeouts.firstOutputMs),
    idleMs: set.idleMs ?? defaultTimeouts.idleMs,
    totalMs: set.totalMs === Number.POSITIVE_INFINITY ? undefined : set.totalMs,
  }
}
