import {
  type A2AError,
  A2A_EXTENSIONS_HEADER,
  type AgentCapabilities,
  type Operation,
  type Requests,
  toA2AError,
} from '@pf-agents/a2a-protocol'
import { describeError, type Logger, PfError, type RequestInfo } from '@pf-agents/agent-core'
import { sseResponse, type SseStream } from '@pf-agents/http-kit'
import type { Negotiation } from './binding/negotiate'
import type { Endpoint, Endpoints } from './endpoint'
import { extendedAnswer } from './extension/extended-answer'
import type { Activated, Extensions } from './extension/extensions'
import type { CardAdditions } from './options'
import { callerOf, isPushOperation, performPush, type PushOperation } from './operation/push-configs'
import { sendMessage } from './operation/send-message'
import { cancelTask, getTask, listTasks } from './operation/tasks'
import type { PushService, WireVersion } from './push-port/push-service'
import type { Framing } from './stream/framing'
import type { Streaming } from './stream/streaming'
import type { VersionAdapter } from './version-adapter'

/** What the bindings share: which agent a request is for, and its operations. */
export interface ServiceParts {
  readonly endpoints: Endpoints
  readonly negotiation: Negotiation
  readonly additions: CardAdditions & { capabilities: AgentCapabilities }
  readonly logger: Logger
  /** Absent where push notifications are not installed. */
  readonly push?: PushService | undefined
  /** Absent where runs can not be followed. */
  readonly streaming?: Streaming | undefined
  readonly extensions: Extensions
  /** Absent where 1.0 alone is served. */
  readonly adapter?: VersionAdapter | undefined
  extendedCard(endpoint: Endpoint, request: Request, info: RequestInfo): Promise<object>
}

/** The operations of A2A, whatever binding they came by. */
export class Service {
  readonly negotiation: Negotiation
  /** Serves callers of another version. */
  readonly adapter: VersionAdapter | undefined
  readonly #parts: ServiceParts

  constructor(parts: ServiceParts) {
    this.#parts = parts
    this.negotiation = parts.negotiation
    this.adapter = parts.adapter
  }

  /**
   * Answers a request: carries its operation out, with the extensions that it turned on.
   * @param active - URIs of those extensions
   */
  answer<K extends Operation>(
    operation: K,
    params: Requests[K],
    request: Request,
    info: RequestInfo,
    active: readonly string[],
    version: WireVersion = '1.0',
  ): Promise<object> {
    if (active.length === 0) return this.perform(operation, params, request, info, version)
    return this.#answerExtended(operation, params, request, info, active, version)
  }

  async #answerExtended<K extends Operation>(
    operation: K,
    params: Requests[K],
    request: Request,
    info: RequestInfo,
    active: readonly string[],
    version: WireVersion,
  ): Promise<object> {
    const activated = await this.#activate(operation, params, request, info, active)
    if (activated === undefined) return this.perform(operation, params, request, info, version)
    const given = await incoming(activated, params)
    return extendedAnswer(operation, await this.perform(operation, given, request, info, version), activated.outgoing)
  }

  /** Answers a request for a stream. An error before its first event is thrown, as any other. */
  async stream<K extends 'SendStreamingMessage' | 'SubscribeToTask'>(
    operation: K,
    params: Requests[K],
    request: Request,
    info: RequestInfo,
    active: readonly string[],
    framing: Framing,
    version: WireVersion = '1.0',
  ): Promise<Response> {
    const { streaming, endpoints, push } = this.#parts
    if (streaming === undefined)
      throw new PfError(
        'PF_OPERATION_UNSUPPORTED',
        'The agent does not offer this operation, or not for this task. Look at the capabilities in the agent card and at the state of the task.',
      )
    const endpoint = endpoints.find(info.tenant, params.tenant)
    const activated = active.length === 0 ? undefined : await this.#activate(operation, params, request, info, active)
    const { outgoing, resume } = activated ?? {}
    const { extensionsHeader = A2A_EXTENSIONS_HEADER } = framing
    const headers: Record<string, string> =
      active.length > 0 ? { [extensionsHeader.toLowerCase()]: active.join(', ') } : {}
    let sent: Response | undefined
    const begun = (body: SseStream): void => {
      if (framing.isUnheard === true || info.sendNow === undefined) return
      const response = sseResponse(body, headers)
      if (info.sendNow(response)) sent = response
    }
    const call = { endpoint, info, push, version, framing, outgoing, resume, begun }
    const given = activated === undefined ? params : await incoming(activated, params)
    const stream = await (operation === 'SendStreamingMessage'
      ? streaming.send(given as Requests['SendStreamingMessage'], call)
      : streaming.subscribe(given as Requests['SubscribeToTask'], call))
    return sent ?? sseResponse(stream, headers)
  }

  #activate<K extends Operation>(
    operation: K,
    params: Requests[K],
    request: Request,
    info: RequestInfo,
    active: readonly string[],
  ): Promise<Activated | undefined> {
    const { headers } = request
    const { principal, tenant } = info
    return this.#parts.extensions.activate(active, { operation, params, headers, principal, tenant })
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
        return sendMessage(params as Requests['SendMessage'], { endpoint, info, push, version })
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
        throw new PfError(
          'PF_OPERATION_UNSUPPORTED',
          'The agent does not offer this operation, or not for this task. Look at the capabilities in the agent card and at the state of the task.',
        )
    }
  }

  /** What a caller is told of an error. What it is not told goes to the log. */
  tell(error: unknown): A2AError {
    const told = toA2AError(error)
    if (told.kind === 'InternalError' || told.code === 'PF_GUEST_MEMORY') {
      this.#parts.logger.log('error', 'An A2A request failed.', { error: describeError(told.cause ?? told) })
    }
    return told
  }
}

/** What an operation is asked with, as the extensions hand it on. */
async function incoming<T extends object>(activated: Activated, params: T): Promise<T> {
  if (!('message' in params)) return params
  return { ...params, message: await activated.incoming((params as unknown as Requests['SendMessage']).message) }
}
