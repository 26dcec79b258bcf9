import type { Clock } from '@pf-agents/agent-core'
import { settlesWithin } from '@pf-agents/http-kit'

/** When something is loaded anew. All in milliseconds. */
export interface RefreshRules {
  /** How long it is good. */
  readonly maxAgeMs: number
  /** How long it is gone on with where it can't be loaded anew, from when it was loaded. */
  readonly staleMs: number
  /** How long a new one is waited for where the old one can be gone on with, from when its load began. */
  readonly waitMs: number
  /** The least time between two loads that somebody asks for out of turn. */
  readonly cooldownMs: number
  /** The least time from the end of a load that failed to the next. */
  readonly failureCooldownMs: number
}

/** What is loaded with. */
export interface RefreshContext {
  readonly clock: Clock
  /** Keeps the host going for a load that nobody waits for any more, where it would stop with the answer. */
  waitUntil?(work: Promise<unknown>): void
}

/** A value, and when it was loaded. */
export interface Held<T> {
  readonly value: T
  readonly at: number
}

/** Where a value comes from. */
export interface RefreshSource<T, C> {
  /** @param held - what there is already */
  load(context: C, held: Held<T> | undefined): Promise<Held<T>>
  /** What others like this one know, where they share it. */
  recall(context: C): Promise<Recalled<T> | undefined>
}

/** What those who share a value know of it. */
export interface Recalled<T> {
  /** What was loaded last, if anything was. */
  readonly held?: Held<T>
  /** Until when none is to be loaded, because one of them is at it or failed. */
  readonly restUntil: number
  /** Why the last load failed, where it did: thrown where nothing can be gone on with meanwhile. */
  readonly failure?: unknown
  /** Whether it is for this one to load: of all who recalled the same, one is told so. */
  claim(): Promise<boolean>
}

/** Milliseconds by which a clock may go back and still count as one that was not set. */
const jitterMs = 1_000

/**
 * A value that is loaded when it is needed, once for all who ask at the same time, and kept. While it can be gone on with,
 * nobody waits for more than a moment for a new one: that goes on behind them. Whoever asks for a newer one gets it at most
 * once per cooldown, however often they ask.
 */
export class Refreshed<T, C extends RefreshContext> {
  readonly #source: RefreshSource<T, C>
  readonly #rules: RefreshRules
  #held: Held<T> | undefined
  #loading: Promise<Held<T>> | undefined
  #begunAt = 0
  #failedAt = Number.NEGATIVE_INFINITY
  #failure: unknown
  #restUntil = Number.NEGATIVE_INFINITY
  #claim: Recalled<T>['claim'] | undefined
  #seenAt = Number.NEGATIVE_INFINITY

  constructor(source: RefreshSource<T, C>, rules: RefreshRules) {
    this.#source = source
    this.#rules = rules
  }

  /** The value to go by now. @throws what loading threw, where there is none */
  async current(context: C): Promise<T> {
    const { maxAgeMs, staleMs, waitMs } = this.#rules
    this.#heed(context.clock.now())
    const fresh = this.#younger(maxAgeMs, context)
    if (fresh !== undefined) return fresh.value
    await this.#recall(context)
    const known = this.#younger(maxAgeMs, context)
    if (known !== undefined) return known.value
    const now = context.clock.now()
    const isResting = this.#loading === undefined && now < this.#restUntil
    const usable = this.#younger(staleMs, context)
    if (usable === undefined) {
      if (isResting && this.#failure !== undefined) throw this.#failure
      return (await this.#reload(context)).value
    }
    if (isResting) return usable.value
    const loading = this.#reload(context)
    await settlesWithin(loading, this.#begunAt + waitMs - now, context.clock)
    return (this.#held ?? usable).value
  }

  /** A newer value than `seen`; `undefined` where none can be had yet. */
  async newer(seen: T, context: C): Promise<T | undefined> {
    this.#heed(context.clock.now())
    if (this.#held === undefined || this.#held.value === seen) await this.#recall(context)
    if (this.#held !== undefined && this.#held.value !== seen) return this.#held.value
    const now = context.clock.now()
    // What was loaded may be older than this instance, and then so is the cooldown.
    const last = Math.max(this.#held?.at ?? 0, this.#failedAt)
    const { cooldownMs } = this.#rules
    // Without a cooldown nobody is kept from asking again, whatever failed before.
    const isResting = now - last < cooldownMs || (cooldownMs > 0 && now < this.#restUntil)
    if (this.#loading === undefined && isResting) return undefined
    try {
      const { value } = await this.#reload(context)
      return value === seen ? undefined : value
    } catch {
      return undefined
    }
  }

  #younger(age: number, { clock }: C): Held<T> | undefined {
    return this.#held !== undefined && clock.now() - this.#held.at < age ? this.#held : undefined
  }

  /** Times that a clock wrote down which was ahead say nothing: what was loaded then is just no longer fresh. */
  #heed(now: number): void {
    if (now < this.#seenAt - jitterMs) {
      if (this.#held !== undefined) this.#held = { ...this.#held, at: now - this.#rules.maxAgeMs }
      this.#failedAt = this.#restUntil = Number.NEGATIVE_INFINITY
    }
    this.#seenAt = now
  }

  async #recall(context: C): Promise<void> {
    if (this.#loading !== undefined) return
    await this.#ask(context)
  }

  async #ask(context: C): Promise<void> {
    const recalled = await this.#source.recall(context)
    this.#claim = recalled?.claim
    if (recalled === undefined) return
    const { held, restUntil, failure } = recalled
    if (held !== undefined && (this.#held === undefined || held.at > this.#held.at)) this.#held = held
    this.#restUntil = Math.max(this.#restUntil, restUntil)
    this.#failure = failure ?? this.#failure
  }

  #reload(context: C): Promise<Held<T>> {
    if (this.#loading !== undefined) return this.#loading
    this.#begunAt = context.clock.now()
    const loading = this.#begin(context).finally(() => (this.#loading = undefined))
    this.#loading = loading
    // Those who waited may all be gone when it fails.
    const heard = loading.then(nothing, nothing)
    context.waitUntil?.(heard)
    return loading
  }

  async #begin(context: C): Promise<Held<T>> {
    if (await this.#isTaken(context)) {
      const usable = this.#younger(this.#rules.staleMs, context)
      if (usable !== undefined) return usable
      if (this.#failure !== undefined) throw this.#failure
    }
    try {
      this.#held = await this.#source.load(context, this.#held)
      this.#failure = undefined
      this.#failedAt = this.#restUntil = Number.NEGATIVE_INFINITY
      return this.#held
    } catch (error) {
      this.#failure = error
      this.#failedAt = context.clock.now()
      this.#restUntil = this.#failedAt + this.#rules.failureCooldownMs
      throw error
    }
  }

  /** Whether another of those who share it began to load between the look and now, or has. */
  async #isTaken(context: C): Promise<boolean> {
    const claim = this.#claim
    this.#claim = undefined
    if (claim === undefined || (await claim())) return false
    await this.#ask(context)
    return true
  }
}

const nothing = (): void => {}
