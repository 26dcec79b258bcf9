import type { Clock } from '../port/clock'
import type { Random } from '../port/random'
import type { Ports } from '../port/port'
import type { Conversation } from '../port/conversation'
import type { Deliveries } from '../port/deliveries'
import type { KeyValue } from '../port/key-value'
import type { RunStore } from '../port/run-store'
import type { Logger } from '../port/services'
import type { ConcurrencyPolicy } from './turns'

/** How a runtime behaves. */
export interface RuntimeOptions {
  /** Empty where the app serves one agent. */
  tenant?: string
  /** Default: queue of 16. */
  concurrency?: ConcurrencyPolicy
  /** Milliseconds a run may take; the agent's own `deadlineMs` wins. Default 10 minutes. */
  deadlineMs?: number
  /** Milliseconds a lease lasts between renewals. Default 30 seconds, never past the deadline. */
  leaseMs?: number
  /** Milliseconds between looks at the store for a cancel or a lost lease. Default 1 second. */
  watchMs?: number
  /**
   * How much work it may be to check what a caller sends against a JSON Schema, in steps: about one for each keyword that
   * looks at a part of the value. A value that takes more is refused. Default 10 million, a second or less on Node; in a
   * component, where a step takes some hundred times as long, 300,000.
   */
  schemaSteps?: number
}

/** What every run of a runtime shares. */
export interface RuntimeServices {
  readonly ports: Ports
  readonly store: RunStore
  readonly conversation: Conversation
  readonly keyValue: KeyValue
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly deliveries?: Deliveries | undefined
}
