import {
  type A2AError,
  type AgentCapabilities,
  type Operation,
  type Requests,
  toA2AError,
} from '@pf-agents/a2a-protocol'
import { type Logger, PfError, type RequestInfo } from '@pf-agents/agent-core'
import type { Negotiation } from './binding/negotiate'
import type { Endpoint, Endpoints } from './endpoint'
import type { CardAdditions } from './options'
import { callerOf, isPushOperation, performPush, type PushOperation } from './operation/push-configs'
import { sendMessage } from './operation/send-message'
import { cancelTask, getTask, listTasks } from './operation/tasks'
import type { PushService, WireVersion } from './push-port/push-service'

/** What the bindings share: which agent a request is for, and its operations. */
export interface ServiceParts {
  readonly endpoints: Endpoints
  readonly negotiation: Negotiation
  readonly additions: CardAdditions & { capabilities: AgentCapabilities }
  readonly logger: Logger
  /** Absent where push notifications are not installed. */
  readonly push?: PushService | undefined
  extendedCard(endpoint: Endpoint, request: Request, info: RequestInfo): Promise<object>
}

/** The operations of A2A, whatever binding they came by. */
export class Service {
  readonly negotiation: Negotiation
  readonly #parts: ServiceParts

  constructor(parts: ServiceParts) {
    this.#parts = parts
    this.negotiation = parts.negotiation
  }

  /** Carries an operation out. Those that no feature offers were refused before, by their capability. */
  perform<K extends Operation>(
    operation: K,
    params: Requests[K],
    request: Request,
    info: RequestInfo,
    version: WireVersion = '1.0',
  ): Promise<object> {
    const { push } = this.#parts
    const endpoint = this.#parts.endpoints.find(info.tenant, params.tenant)
    switch (operation) {
      case 'SendMessage':
        return sendMessage(endpoint, params as Requests['SendMessage'], info, push, version)
      case 'GetTask':
        return getTask(endpoint, params as Requests['GetTask'], info)
      case 'ListTasks':
        return listTasks(endpoint, params as Requests['ListTasks'], info)
      case 'CancelTask':
        return cancelTask(endpoint, params as Requests['CancelTask'], info)
      case 'GetExtendedAgentCard':
        return this.#parts.extendedCard(endpoint, request, info)
      default:
        if (isPushOperation(operation)) {
          const caller = callerOf(endpoint, info, version)
          return performPush(push, operation, params as Requests[PushOperation], caller)
        }
        throw new PfError('PF_OPERATION_UNSUPPORTED')
    }
  }

  /** What a caller is told of an error. What it is not told goes to the log. */
  tell(error: unknown): A2AError {
    const told = toA2AError(error)
    if (told.kind === 'InternalError') {
      const cause = told.cause ?? told
      const text = cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause)
      this.#parts.logger.log('error', 'An A2A request failed.', { error: text })
    }
    return told
  }
}
