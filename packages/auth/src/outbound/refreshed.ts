import type { Clock } from '@pf-agents/agent-core'

/** When something is loaded anew. All in milliseconds. */
export interface RefreshRules {
  /** How long it is good. */
  readonly maxAgeMs: number
  /** How long it is gone on with where it can't be loaded anew, from when it was loaded. */
  readonly staleMs: number
  /** The least time between two loads that somebody asks for out of turn. */
  readonly cooldownMs: number
  /** The least time between two loads where the first failed. */
  readonly failureCooldownMs: number
}

interface Held<T> {
  readonly value: T
  readonly at: number
}

/**
 * A value that is loaded when it is needed, once for all who ask at the same time, and kept. Whoever asks for a newer one
 * gets it at most once per cooldown, however often they ask.
 */
export class Refreshed<T, C extends { readonly clock: Clock }> {
  readonly #load: (context: C, forced: boolean) => Promise<Held<T>>
  readonly #rules: RefreshRules
  #held: Held<T> | undefined
  #loading: Promise<Held<T>> | undefined
  #triedAt = Number.NEGATIVE_INFINITY
  #failure: unknown

  constructor(load: (context: C, forced: boolean) => Promise<Held<T>>, rules: RefreshRules) {
    this.#load = load
    this.#rules = rules
  }

  /** The value to go by now. @throws what loading threw, where there is none */
  async current(context: C): Promise<T> {
    const now = context.clock.now()
    const held = this.#held
    if (held !== undefined && now - held.at < this.#rules.maxAgeMs) return held.value
    const isCooling = this.#failure !== undefined && now - this.#triedAt < this.#rules.failureCooldownMs
    if (!isCooling || this.#loading !== undefined) {
      try {
        return (await this.#reload(context, false)).value
      } catch (error) {
        if (held === undefined) throw error
      }
    }
    if (held !== undefined && now - held.at < this.#rules.staleMs) return held.value
    throw this.#failure
  }

  /** A newer value than `seen`; `undefined` where none can be had yet. */
  async newer(seen: T, context: C): Promise<T | undefined> {
    if (this.#held !== undefined && this.#held.value !== seen) return this.#held.value
    // What was loaded may be older than this instance, and then so is the cooldown.
    const last = Math.max(this.#held?.at ?? 0, this.#failure === undefined ? 0 : this.#triedAt)
    if (this.#loading === undefined && context.clock.now() - last < this.#rules.cooldownMs) return undefined
    try {
      const { value } = await this.#reload(context, true)
      return value === seen ? undefined : value
    } catch {
      return undefined
    }
  }

  #reload(context: C, forced: boolean): Promise<Held<T>> {
    this.#loading ??= this.#begin(context, forced).finally(() => (this.#loading = undefined))
    return this.#loading
  }

  async #begin(context: C, forced: boolean): Promise<Held<T>> {
    this.#triedAt = context.clock.now()
    try {
      this.#held = await this.#load(context, forced)
      this.#failure = undefined
      return this.#held
    } catch (error) {
      this.#failure = error
      throw error
    }
  }
}
