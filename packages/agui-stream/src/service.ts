import {
  type Clock,
  type Conversation,
  type Logger,
  PfError,
  type RequestInfo,
  type RunStore,
  type RunStreams,
  type ServedAgent,
} from '@pf-agents/agent-core'
import { createSseHub, type SseHub } from '@pf-agents/http-kit'
import type { AguiStreamOptions } from './options'
import { LiveRuns } from './stream/live-runs'

/** What a service is made of. */
export interface ServiceParts {
  readonly agents: readonly ServedAgent[]
  readonly streams: RunStreams
  readonly store: RunStore
  readonly conversation: Conversation
  readonly clock: Clock
  readonly logger: Logger
  readonly options: AguiStreamOptions
}

/** A stream that has to be told how its run ended before it is closed. */
export interface EndableStream {
  end(error: { code: string; message: string }): void
}

/** What the routes share. */
export class Service {
  readonly parts: ServiceParts
  readonly hub: SseHub
  readonly live: LiveRuns
  readonly frameLimit: number
  /** Streams that are open. */
  readonly open = new Set<EndableStream>()
  /** Milliseconds of silence after which a run that has not begun shows that it is there; 0 = never. */
  readonly patienceMs: number
  readonly #maxStreams: number
  readonly #byTenant: ReadonlyMap<string, ServedAgent>

  constructor(parts: ServiceParts) {
    const {
      heartbeatMs = 15_000,
      stallMs,
      maxStreams = 20_000,
      onDisconnect = 'cancel',
      graceMs = 5000,
      frameLength,
    } = parts.options
    this.parts = parts
    this.patienceMs = heartbeatMs
    this.hub = createSseHub({ heartbeatMs, stallMs, clock: parts.clock })
    this.live = new LiveRuns(parts.clock, onDisconnect, graceMs)
    this.frameLimit = frameLength ?? 8 * 1024 * 1024
    this.#maxStreams = maxStreams
    this.#byTenant = new Map(parts.agents.map((one) => [one.tenant, one]))
  }

  /** The agent a request is for. @throws PfError PF_TENANT_NOT_FOUND */
  agent({ tenant }: RequestInfo): ServedAgent {
    const found = this.#byTenant.get(tenant)
    if (found === undefined)
      throw new PfError('PF_TENANT_NOT_FOUND', 'No agent is served for this tenant. Use a tenant from the agent card.')
    return found
  }

  /** @throws PfError PF_OVERLOADED */
  checkRoom(): void {
    if (this.hub.size >= this.#maxStreams)
      throw new PfError('PF_OVERLOADED', 'The server has no room for another stream.', { retryAfterMs: 5000 })
  }

  /** Logs what a request or an agent brought that could not be used. */
  warn(what: string, fields: Record<string, unknown>): (warning: string) => void {
    return (warning) => this.parts.logger.log('warn', what, { ...fields, warning })
  }

  close(): void {
    this.live.close()
    for (const stream of [...this.open])
      stream.end({ code: 'PF_OVERLOADED', message: 'The server goes down. Connect to the thread again to go on.' })
    this.hub.close()
  }
}
