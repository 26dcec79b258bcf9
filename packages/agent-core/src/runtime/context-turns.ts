import { PfError } from '../error/pf-error'
import type { ContextTurn, ContextTurns, TurnTerms } from '../port/context-turns'
import type { Awaitable } from '../port/run-store'
import type { Scope } from '../port/scope'
import { chain } from './awaitable'

/** A turn that was taken, or until when somebody else has it. */
export type TurnOutcome = { readonly token: string } | { readonly token?: undefined; readonly busyUntil: number }

/**
 * A store of turns in contexts. Times are milliseconds since 1970. A turn is over when it is released, or at its time,
 * whichever comes first.
 */
export interface TurnStore {
  /**
   * Takes the turn where nobody has it, or its time is over. `isNew`: the context was just made, so that nobody else can
   * have its turn; a store then need not look.
   */
  take(
    scope: Scope,
    contextId: string,
    request: { now: number; expiresAt: number; isNew: boolean },
  ): Awaitable<TurnOutcome>
  /** Moves the time of a turn. False where it is not held any more. */
  extend(scope: Scope, contextId: string, turn: { token: string; expiresAt: number }): Awaitable<boolean>
  /** Gives a turn back. Nothing happens where it is not held any more. */
  release(scope: Scope, contextId: string, turn: { token: string; expiresAt: number; now: number }): Awaitable<void>
}

/**
 * The turns that a store holds: one run at a time in a context, among all instances of an app that share the store. A turn
 * lasts as a task's lease does, and never longer than the run may: that of an instance that died is over by itself.
 *
 * @example
 * ```ts
 * bind(contextTurnsPort, createContextTurns(store))
 * ```
 */
export function createContextTurns(store: TurnStore): ContextTurns {
  return { turn: (terms) => new StoredTurn(store, terms) }
}

/** When a busy context is worth another look, in milliseconds, unless its turn is over before. */
const lookAgainMs = 1000

class StoredTurn implements ContextTurn {
  readonly #store: TurnStore
  readonly #terms: TurnTerms
  #held: { token: string; expiresAt: number } | undefined
  #stop: (() => void) | undefined

  constructor(store: TurnStore, terms: TurnTerms) {
    this.#store = store
    this.#terms = terms
  }

  take(isNew: boolean): Awaitable<void> {
    const { scope, contextId, clock } = this.#terms
    const now = clock.now()
    const expiresAt = this.#until(now)
    return chain(this.#store.take(scope, contextId, { now, expiresAt, isNew }), (outcome) => {
      if (outcome.token === undefined) {
        throw new PfError('PF_BUSY', 'Another run is under way in this context. Try again later.', {
          retryAfterMs: Math.max(1, Math.min(lookAgainMs, outcome.busyUntil - now)),
        })
      }
      this.#held = { token: outcome.token, expiresAt }
      this.#keep()
    })
  }

  async during<T>(work: () => Awaitable<T>): Promise<T> {
    try {
      return await work()
    } finally {
      await this.#end()
    }
  }

  #until(now: number): number {
    return Math.min(now + this.#terms.leaseMs, this.#terms.latest)
  }

  /** Prolongs the turn in time, as long as the run may go on. */
  #keep(): void {
    const { clock, leaseMs, latest } = this.#terms
    if (this.#held === undefined || this.#held.expiresAt >= latest) return
    this.#stop = clock.after(leaseMs / 3, () => {
      this.#extend().catch((error: unknown) => {
        this.#log('The turn in a context could not be prolonged.', error)
        this.#keep()
      })
    })
  }

  async #extend(): Promise<void> {
    const { scope, contextId, clock, onLost } = this.#terms
    const held = this.#held
    if (held === undefined) return
    const expiresAt = this.#until(clock.now())
    const isHeld = await this.#store.extend(scope, contextId, { token: held.token, expiresAt })
    if (this.#held === undefined) return
    if (!isHeld) return onLost(new PfError('PF_LEASE_LOST'))
    this.#held = { ...held, expiresAt }
    this.#keep()
  }

  async #end(): Promise<void> {
    const { scope, contextId, clock } = this.#terms
    const held = this.#held
    this.#held = undefined
    this.#stop?.()
    if (held === undefined) return
    try {
      await this.#store.release(scope, contextId, { ...held, now: clock.now() })
    } catch (error) {
      // What the run came to is stored, and the turn ends by itself.
      this.#log('The turn in a context could not be given back.', error)
    }
  }

  #log(message: string, error: unknown): void {
    const { contextId, logger } = this.#terms
    logger.log('warn', message, { contextId, error: String(error) })
  }
}
