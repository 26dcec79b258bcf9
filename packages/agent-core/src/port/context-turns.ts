import type { PfError } from '../error/pf-error'
import type { Clock } from './clock'
import { port } from './port'
import type { Awaitable } from './run-store'
import type { Scope } from './scope'
import type { Logger } from './services'

/** What a run's turn is about. */
export interface TurnTerms {
  scope: Scope
  contextId: string
  /** When the run is over at the latest, in milliseconds since 1970: no turn lasts longer. */
  latest: number
  /** Milliseconds a turn is taken for; it is prolonged as long as the run works. */
  leaseMs: number
  clock: Clock
  logger: Logger
  /** Told when somebody else has the turn though the run is under way. */
  onLost(error: PfError): void
}

/** The turn of one run in a context. */
export interface ContextTurn {
  /**
   * Takes it. `isNew`: the context was just made, so that nobody else can have its turn.
   * @throws PfError PF_BUSY where somebody else has it.
   */
  take(isNew: boolean): Awaitable<void>
  /** Works, and gives the turn back before anybody is told what came of it: whoever is told may come again. */
  during<T>(work: () => Awaitable<T>): Promise<T>
}

/**
 * Who works in a context, where the instances of an app share nothing but a store: in a component each request has its
 * own. A driver makes it of its store by `createContextTurns`.
 */
export interface ContextTurns {
  turn(terms: TurnTerms): ContextTurn
}

/** Port of the turns that instances share. Optional: a process that serves all requests itself keeps them in memory. */
export const contextTurnsPort = port<ContextTurns>('pf.context-turns')
