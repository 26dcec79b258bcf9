import type { Operation, Requests } from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import type { Endpoint } from '../endpoint'

/** Carries out one operation; what it gives is the result as it goes onto the wire. */
export type Perform<K extends Operation> = (
  endpoint: Endpoint,
  request: Requests[K],
  info: RequestInfo,
) => Promise<object>
