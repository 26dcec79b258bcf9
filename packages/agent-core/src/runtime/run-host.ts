import type { Agent } from '../agent/agent'
import type { RuntimeServices } from './options'
import type { Router } from './routing'
import type { RunWatch } from './watch'

/** What all runs of one runtime share. */
export interface RunHost {
  readonly agent: Agent
  readonly router: Router
  readonly services: RuntimeServices
  readonly watch: RunWatch
  readonly tenant: string
  readonly leaseMs: number
  readonly deadlineMs: number
}
