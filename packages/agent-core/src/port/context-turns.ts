import { port } from './port'
import type { Awaitable } from './run-store'
import type { Scope } from './scope'

/** A turn that was taken, or until when somebody else has it. */
export type TurnOutcome = { readonly token: string } | { readonly token?: undefined; readonly busyUntil: number }

/**
 * Who works in a context, where the instances of an app share nothing but a store: in a component each request has its
 * own. Times are milliseconds since 1970. A turn is over when it is released, or at its time, whichever comes first.
 */
export interface ContextTurns {
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

/** Port of the turns that instances share. Optional: a process that serves all requests itself keeps them in memory. */
export const contextTurnsPort = port<ContextTurns>('pf.context-turns')
