import { PfError } from '@pf-agents/agent-core'
import type { OutboundRules } from '@pf-agents/http-kit/node'

/**
 * Options of `pushNotifications`. Names that callers give are looked up by asking the system's name servers; those that
 * `allow` or `only` list, the system's own way (hosts files and all); all of them by `resolve` where it is given.
 */
export interface PushOptions extends Pick<OutboundRules, 'allow' | 'only' | 'allowHttp' | 'ports' | 'resolve'> {
  /** Configs that a task may have. Default 50. */
  maxPerTask?: number
  /** Tasks with configs that a caller may have at the same time; those that are over and owed nothing make room. Default 1,000. */
  maxTasksPerCaller?: number
  /**
   * Notifications that may wait for one config. A receiver that is so far behind is told only where the task stops, by
   * the whole task. Default 100.
   */
  maxPending?: number
  /**
   * Notifications that may wait altogether, for all callers; a fifth more where they tell that a task stops. Never passed,
   * for the share of each caller shrinks as it fills up: see {@link PushOptions.maxOwedPerCaller}. Default 8,000 (the memory
   * outbox takes 10,000).
   */
  maxOwed?: number
  /**
   * Of them, those of one caller: a principal of a tenant, all callers without credentials being one. That much while nobody
   * else has any waiting; with a part of `maxOwed` taken by others, by that part less. Beyond its share a caller is told only
   * where a task stops, and a fifth beyond that nothing, with lines in the log; new webhooks of this caller are refused
   * meanwhile (`PF_RATE_LIMITED`). Default an eighth of `maxOwed`.
   */
  maxOwedPerCaller?: number
  /**
   * Bytes that may wait altogether, in the same shares as {@link PushOptions.maxOwed}, with the same to follow where they are
   * full. A notification counts once for each config it goes to. Default 256 MiB, so 32 MiB of one caller.
   */
  maxOwedBytes?: number
  /** Milliseconds for one delivery. Default 15,000. */
  timeoutMs?: number
  /**
   * Deliveries under way at the same time; while there are so many, a quarter more for callers who have none of them and are
   * not known to be slow: one each, broken off after a second and tried again. Default 32.
   */
  concurrency?: number
  /**
   * Of them, those of one caller, while nobody else has any under way; with a part of `concurrency` taken by others, by that
   * part less, and one at least. `concurrency` itself where all webhooks are yours. Default half of `concurrency`.
   */
  concurrencyPerCaller?: number
  /**
   * Of those of one caller, to one host: what a caller does at a host, or lets it wait for, says nothing about the webhooks
   * that others have there. So a host may get this many for each of several callers, `concurrency` at most. Default 4.
   */
  concurrencyPerHost?: number
  /** Ceiling of the first wait before another try, in milliseconds; it doubles from try to try. Default 1,000. */
  retryBaseMs?: number
  /** Ceiling of every wait, in milliseconds. A receiver's Retry-After may be longer, up to an hour. Default 600,000. */
  retryMaxMs?: number
  /** Tries after which the receiver is given up on: its config is dropped, with a warning in the log. Default 30. */
  maxAttempts?: number
  /** Milliseconds after which it is given up on, however few tries there were. Default 24 hours. */
  maxAgeMs?: number
  /** Milliseconds that a config of a task that is over can still be read, unless its place is needed. Default one hour. */
  keepEndedMs?: number
  /** Milliseconds between looks at what another process left behind, in the outbox and of runs that died with it. Default 2,000. */
  pollMs?: number
  /** Certificates (PEM) to trust beside the usual ones, for private receivers. */
  ca?: string | string[]
}

/** The options with their defaults. */
export type PushSettings = Required<Omit<PushOptions, keyof OutboundRules | 'ca'>> &
  Pick<PushOptions, (keyof OutboundRules & keyof PushOptions) | 'ca'>

/** Longest wait that a timer can hold, in milliseconds. */
const maxTimerMs = 2_147_483_647

/** What each number has to be: whole and 1 at least, or no more than greater than 0, and no greater than the bound. */
const numbers: { readonly [Name in keyof PushOptions]: { readonly isWhole?: true; readonly most: number } } = {
  maxPerTask: { isWhole: true, most: Number.MAX_SAFE_INTEGER },
  maxTasksPerCaller: { isWhole: true, most: Number.MAX_SAFE_INTEGER },
  maxPending: { isWhole: true, most: Number.MAX_SAFE_INTEGER },
  maxOwed: { most: Number.MAX_SAFE_INTEGER },
  maxOwedPerCaller: { most: Number.MAX_SAFE_INTEGER },
  maxOwedBytes: { most: Number.MAX_SAFE_INTEGER },
  timeoutMs: { most: maxTimerMs },
  concurrency: { isWhole: true, most: Number.MAX_SAFE_INTEGER },
  concurrencyPerCaller: { most: Number.MAX_SAFE_INTEGER },
  concurrencyPerHost: { isWhole: true, most: Number.MAX_SAFE_INTEGER },
  retryBaseMs: { most: maxTimerMs },
  retryMaxMs: { most: maxTimerMs },
  maxAttempts: { isWhole: true, most: Number.MAX_SAFE_INTEGER },
  maxAgeMs: { most: Number.MAX_SAFE_INTEGER },
  keepEndedMs: { most: Number.MAX_SAFE_INTEGER },
  pollMs: { most: maxTimerMs },
}

/**
 * Fills the defaults in.
 * @throws PfError PF_CONFIG_INVALID where a number is not what it has to be
 */
export function settingsOf(options: PushOptions): PushSettings {
  // What is there and undefined is as not there.
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as PushOptions
  for (const [name, { isWhole, most }] of Object.entries(numbers)) {
    const value = given[name as keyof PushOptions]
    if (value === undefined) continue
    if (typeof value === 'number' && value > 0 && value <= most && (isWhole !== true || Number.isInteger(value)))
      continue
    const what = `${isWhole === true ? 'a whole number of 1 or more' : 'a number greater than 0'}, at most ${most}`
    throw new PfError('PF_CONFIG_INVALID', `pushNotifications: "${name}" must be ${what}.`)
  }
  const { maxOwed = 8_000, concurrency = 32 } = given
  return {
    maxPerTask: 50,
    maxTasksPerCaller: 1_000,
    maxPending: 100,
    maxOwed,
    maxOwedPerCaller: maxOwed / 8,
    maxOwedBytes: 256 * 1024 * 1024,
    timeoutMs: 15_000,
    concurrency,
    concurrencyPerCaller: concurrency / 2,
    concurrencyPerHost: 4,
    retryBaseMs: 1_000,
    retryMaxMs: 600_000,
    maxAttempts: 30,
    maxAgeMs: 86_400_000,
    keepEndedMs: 3_600_000,
    pollMs: 2_000,
    ...given,
  }
}

/** Milliseconds that an entry stays hidden beyond the timeout of its attempt, at least; a third of the timeout if that is more. */
const graceMs = 1_000

/** Milliseconds that an entry is hidden for while it is tried. */
export function hideMsOf({ timeoutMs }: Pick<PushSettings, 'timeoutMs'>): number {
  return timeoutMs + Math.max(graceMs, timeoutMs / 3)
}
