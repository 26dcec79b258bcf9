import { PfError } from '../error/pf-error'
import type { ContextTurns } from '../port/context-turns'
import type { Awaitable } from '../port/run-store'
import type { Scope } from '../port/scope'
import { chain } from './awaitable'
import type { RunHost } from './run-host'

/** What a run's turn is about. */
export interface SharedTurnInput {
  host: RunHost
  turns: ContextTurns
  scope: Scope
  contextId: string
  /** The run's own, if it has one. */
  deadline: number | undefined
  /** Told when somebody else has the turn though the run is under way. */
  onLost: (error: PfError) => void
}

/** When a busy context is worth another look, in milliseconds, unless its turn is over before. */
const lookAgainMs = 1000

/**
 * The turn of one run in a context, among the instances of an app that share a store. It lasts as a task's lease does, and
 * never longer than the run may: the turn of an instance that died is over by itself.
 */
export class SharedTurn {
  readonly #input: SharedTurnInput
  readonly #latest: number
  #held: { token: string; expiresAt: number } | undefined
  #stop: (() => void) | undefined

  constructor(input: SharedTurnInput) {
    const { host, deadline = Infinity } = input
    this.#input = input
    this.#latest = Math.min(host.services.clock.now() + (host.agent.deadlineMs ?? host.deadlineMs), deadline)
  }

  /** @throws PfError PF_BUSY where somebody else has it. */
  take(isNew: boolean): Awaitable<void> {
    const { turns, scope, contextId, host } = this.#input
    const now = host.services.clock.now()
    const expiresAt = this.#until(now)
    return chain(turns.take(scope, contextId, { now, expiresAt, isNew }), (outcome) => {
      if (outcome.token === undefined) {
        throw new PfError('PF_BUSY', 'Another run is under way in this context. Try again later.', {
          retryAfterMs: Math.max(1, Math.min(lookAgainMs, outcome.busyUntil - now)),
        })
      }
      this.#held = { token: outcome.token, expiresAt }
      this.#keep()
    })
  }

  /** Works, and gives the turn back before anybody is told what came of it: whoever is told may come again. */
  async during<T>(work: () => Awaitable<T>): Promise<T> {
    try {
      return await work()
    } finally {
      await this.#end()
    }
  }

  #until(now: number): number {
    return Math.min(now + this.#input.host.leaseMs, this.#latest)
  }

  /** Prolongs the turn in time, as long as the run may go on. */
  #keep(): void {
    const { host } = this.#input
    if (this.#held === undefined || this.#held.expiresAt >= this.#latest) return
    this.#stop = host.services.clock.after(host.leaseMs / 3, () => {
      this.#extend().catch((error: unknown) => {
        this.#log('The turn in a context could not be prolonged.', error)
        this.#keep()
      })
    })
  }

  async #extend(): Promise<void> {
    const { turns, scope, contextId, host, onLost } = this.#input
    const held = this.#held
    if (held === undefined) return
    const expiresAt = this.#until(host.services.clock.now())
    const isHeld = await turns.extend(scope, contextId, { token: held.token, expiresAt })
    if (this.#held === undefined) return
    if (!isHeld) return onLost(new PfError('PF_LEASE_LOST'))
    this.#held = { ...held, expiresAt }
    this.#keep()
  }

  async #end(): Promise<void> {
    const { turns, scope, contextId, host } = this.#input
    const held = this.#held
    this.#held = undefined
    this.#stop?.()
    if (held === undefined) return
    try {
      await turns.release(scope, contextId, { ...held, now: host.services.clock.now() })
    } catch (error) {
      // What the run came to is stored, and the turn ends by itself.
      this.#log('The turn in a context could not be given back.', error)
    }
  }

  #log(message: string, error: unknown): void {
    const { contextId, host } = this.#input
    host.services.logger.log('warn', message, { contextId, error: String(error) })
  }
}
