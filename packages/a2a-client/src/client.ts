import {
  A2A_VERSION,
  type AgentCard,
  type CancelTaskRequest,
  decodeAgentCard,
  type CreateTaskPushNotificationConfigRequest,
  decodeListPushNotificationConfigsResponse,
  decodeListTasksResponse,
  decodePushNotificationConfig,
  decodeSendMessageResponse,
  decodeTask,
  type DeleteTaskPushNotificationConfigRequest,
  type GetTaskPushNotificationConfigRequest,
  type GetTaskRequest,
  isA2AError,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksRequest,
  type ListTasksResponse,
  type Operation,
  type Requests,
  type SendMessageRequest,
  type SendMessageResponse,
  type SubscribeToTaskRequest,
  type TaskPushNotificationConfig,
} from '@pf-agents/a2a-protocol'
import { type JsonValue, PfError, systemClock, systemRandom, type Task } from '@pf-agents/agent-core'
import { raceAbort, watchTimeouts } from '@pf-agents/http-kit'
import type { Binding } from './binding/binding'
import { httpJsonBinding } from './binding/http-json'
import { jsonRpcBinding } from './binding/json-rpc'
import { createAuthorizedSender } from './auth/authorized-sender'
import { type CardSource, fixedCardSource, loadedCardSource } from './discovery/card-source'
import { agentCardUrl } from './discovery/card-url'
import { chooseInterface, type ChosenInterface } from './discovery/choose-interface'
import type { Dialect } from './dialect'
import { eachTask } from './each-task'
import type { A2AClientOptions, CallOptions } from './options'
import type { A2AEventStream } from './stream/event-stream'
import type { StreamOptions } from './stream/options'
import { createStreams, type StreamTarget } from './stream/streams'
import { createExchange, createSender } from './transport/exchange'
import { createRepeater } from './transport/repeater'
import { isOfTask } from './transport/retry-rules'
import { createWaker } from './transport/waker'
import { v03Dialect } from './v0-3/dialect'

/** What an operation is asked with. The tenant is the interface's and is filled in by the client. */
export type WithoutTenant<T> = Omit<T, 'tenant'>

/**
 * A client of one agent. Every operation rejects with: what the agent answered, as an A2AError with its `kind`, the
 * SDK's `code` and the agent's own code and details under `remote`; PF_REMOTE_CARD; PF_REMOTE_RESPONSE where the
 * answer is none that A2A allows, or too large; PF_HTTP_FAILED where the agent can't be reached; PF_HTTP_TIMEOUT; or
 * the reason of the caller's signal.
 */
export interface A2AClient {
  /** The card the client goes by: loaded on first use, asked for again when it is no longer fresh. */
  card(options?: Pick<CallOptions, 'signal'>): Promise<AgentCard>
  /** SendMessage (§3.1.1): answers with a task, or with a message and no task. Never sent twice where it may have arrived. */
  sendMessage(request: WithoutTenant<SendMessageRequest>, options?: CallOptions): Promise<SendMessageResponse>
  /**
   * SendStreamingMessage (§3.1.2): the events of the task as they come about, until it is over or waits for somebody; or
   * one message. Nothing is sent before the first event is asked for. A connection that breaks is taken up again with
   * SubscribeToTask, never by sending the message again: where the agent has the replay extension every event comes
   * once, elsewhere the task as it then stands takes the place of what was missed.
   *
   * @example
   * ```ts
   * const stream = client.sendStreamingMessage({ message: userMessage('Plan a trip') })
   * for await (const event of stream) {
   *   if ('artifactUpdate' in event) show(event.artifactUpdate.artifact.parts)
   * }
   * console.log(stream.task?.status.state)
   * ```
   */
  sendStreamingMessage(request: WithoutTenant<SendMessageRequest>, options?: StreamOptions): A2AEventStream
  /**
   * SubscribeToTask (§3.1.6): the task as it stands, then its events until it is over. Taken up again like any stream.
   * The iteration throws UnsupportedOperationError where the task is over already.
   */
  subscribeToTask(request: WithoutTenant<SubscribeToTaskRequest>, options?: StreamOptions): A2AEventStream
  /** GetTask (§3.1.3). */
  getTask(request: WithoutTenant<GetTaskRequest>, options?: CallOptions): Promise<Task>
  /** ListTasks (§3.1.4): one page. */
  listTasks(request?: WithoutTenant<ListTasksRequest>, options?: CallOptions): Promise<ListTasksResponse>
  /** ListTasks over all pages, each asked for when it is needed. `pageToken` is where to begin. */
  eachTask(request?: WithoutTenant<ListTasksRequest>, options?: CallOptions): AsyncGenerator<Task, void, undefined>
  /** CancelTask (§3.1.5). Canceling a canceled task gives that task. */
  cancelTask(request: WithoutTenant<CancelTaskRequest>, options?: CallOptions): Promise<Task>
  /**
   * CreateTaskPushNotificationConfig (§3.1.7): has a webhook told of a task. `createPushReceiver` receives. Give the
   * config an id: one without is made anew each time.
   */
  createPushConfig(
    request: WithoutTenant<CreateTaskPushNotificationConfigRequest>,
    options?: CallOptions,
  ): Promise<TaskPushNotificationConfig>
  /** GetTaskPushNotificationConfig (§3.1.8). */
  getPushConfig(
    request: WithoutTenant<GetTaskPushNotificationConfigRequest>,
    options?: CallOptions,
  ): Promise<TaskPushNotificationConfig>
  /** ListTaskPushNotificationConfigs (§3.1.9): one page; most agents have no more. */
  listPushConfigs(
    request: WithoutTenant<ListTaskPushNotificationConfigsRequest>,
    options?: CallOptions,
  ): Promise<ListTaskPushNotificationConfigsResponse>
  /** DeleteTaskPushNotificationConfig (§3.1.10). One that is not there is deleted. */
  deletePushConfig(
    request: WithoutTenant<DeleteTaskPushNotificationConfigRequest>,
    options?: CallOptions,
  ): Promise<void>
  /**
   * GetExtendedAgentCard (§3.1.11): the card for the caller that the credentials name. It takes the public one's place
   * in this client, unless the call forwarded somebody's headers; so have one client for each identity.
   */
  getExtendedAgentCard(options?: CallOptions): Promise<AgentCard>
}

/** The agent, by its address or by a card that is at hand (then no card is loaded). */
export type AgentAddress = { url: string; card?: undefined } | { card: AgentCard; url?: undefined }

/**
 * Makes a client. Nothing is sent before the first call; `connect` loads the card at once.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is wrong
 *
 * @example
 * ```ts
 * const client = createA2AClient({ url: 'https://agent.example', headers: () => ({ authorization: `Bearer ${token}` }) })
 * const { task } = await client.sendMessage({ message: userMessage('Plan a trip') })
 * ```
 */
export function createA2AClient(options: AgentAddress & A2AClientOptions): A2AClient {
  return clientOf(options, v03Dialect)
}

/**
 * As {@link createA2AClient}, for agents of A2A 1.0 alone: what others need is not in the bundle.
 *
 * @throws PfError PF_CONFIG_INVALID where an option is wrong
 */
export function createStrictA2AClient(options: AgentAddress & A2AClientOptions): A2AClient {
  return clientOf({ ...options, prefer: { ...options.prefer, versions: [A2A_VERSION] } }, undefined)
}

function clientOf(options: AgentAddress & A2AClientOptions, dialect: Dialect | undefined): A2AClient {
  const { clock = systemClock, random = systemRandom, timeoutMs = 30_000, sendTimeoutMs = 300_000 } = options
  const { wakeBudgetMs = 0 } = options
  const repeat = createRepeater({ retry: options.retry, wakeBudgetMs, clock, random })
  let target: StreamTarget | undefined
  const { credentials, verifyCard } = options
  const plain = createSender(options)
  const send = credentials ? createAuthorizedSender(plain, credentials, () => target?.card) : plain
  const waker = createWaker(createExchange(options, send), { repeat, wakeBudgetMs, clock })
  const { exchange } = waker
  const source: CardSource =
    options.card === undefined
      ? loadedCardSource(agentCardUrl(options.url), {
          exchange,
          repeat,
          cards: options.cards,
          verifyCard,
          dialect,
          timeoutMs: timeoutMs + wakeBudgetMs,
          clock,
        })
      : fixedCardSource(options.card)

  const bindingOf = (chosen: ChosenInterface): Binding => {
    if (chosen.version === dialect?.version) return dialect.binding(chosen, options.extensions ?? [])
    return chosen.binding === 'JSONRPC' ? jsonRpcBinding(chosen) : httpJsonBinding(chosen)
  }
  const targetOf = (card: AgentCard) => {
    if (target?.card !== card) {
      const chosen = chooseInterface(card, options.prefer, source.url)
      target = { card, chosen, binding: bindingOf(chosen) }
    }
    return target
  }

  const wake = ({ url }: ChosenInterface, signal: AbortSignal) =>
    waker.ready(source.url ?? agentCardUrl(new URL(url).origin), signal)
  let lastId = 0
  const call = async <K extends Operation, T>(
    operation: K,
    request: WithoutTenant<Requests[K]>,
    decode: (result: JsonValue) => T,
    given: CallOptions = {},
    safe = true,
  ): Promise<T> => {
    const totalMs = given.timeoutMs ?? (safe ? timeoutMs : sendTimeoutMs) + wakeBudgetMs
    const watch = watchTimeouts({ totalMs }, { signal: given.signal, clock })
    const { signal } = watch
    try {
      const { chosen, binding } = targetOf(await raceAbort(source.current(), signal))
      const asked = (chosen.tenant === undefined ? request : { ...request, tenant: chosen.tenant }) as Requests[K]
      if (!safe) await wake(chosen, signal)
      return await repeat(
        async () => {
          const id = ++lastId
          const response = await exchange(binding.write(operation, asked, id), {
            signal,
            forwardFrom: given.forwardFrom,
          })
          return decode(binding.read(response, id, clock.now(), operation))
        },
        { safe, ofTask: isOfTask(request), signal },
      )
    } finally {
      watch.dispose()
    }
  }

  const streams = createStreams({
    options,
    clock,
    random,
    repeat,
    send,
    target: async (signal) => targetOf(await raceAbort(source.current(), signal)),
    wake: ({ chosen }, signal) => wake(chosen, signal),
    answered: waker.answered,
    nextId: () => ++lastId,
    sendMessage: (request, given) => client.sendMessage(request, given),
    getTask: (id, given) => client.getTask({ id }, given),
  })

  const client: A2AClient = {
    card: ({ signal } = {}) => raceAbort(source.current(), signal),
    sendMessage: (request, given) => call('SendMessage', request, decodeSendMessageResponse, given, false),
    sendStreamingMessage: (request, given) => streams.send(request, given),
    subscribeToTask: (request, given) => streams.subscribe(request, given),
    getTask: (request, given) => call('GetTask', request, taskWithId(request.id), given),
    listTasks: (request = {}, given) => call('ListTasks', request, decodeListTasksResponse, given),
    eachTask: (request, given) => eachTask(client, request, given),
    async cancelTask(request, given) {
      try {
        return await call('CancelTask', request, taskWithId(request.id), given)
      } catch (error) {
        if (!isA2AError(error, 'TaskNotCancelableError')) throw error
        // §3.1.5 lets an agent refuse what §3.3.1 calls idempotent, and a repeated request may meet its own success.
        const task = await client.getTask({ id: request.id }, given).catch(() => undefined)
        if (task?.status.state !== 'canceled') throw error
        return task
      }
    },
    // Only what names its config is the same when it is done twice.
    createPushConfig: (request, given) =>
      call('CreateTaskPushNotificationConfig', request, decodePushNotificationConfig, given, request.id !== undefined),
    getPushConfig: (request, given) =>
      call('GetTaskPushNotificationConfig', request, decodePushNotificationConfig, given),
    listPushConfigs: (request, given) =>
      call('ListTaskPushNotificationConfigs', request, decodeListPushNotificationConfigsResponse, given),
    deletePushConfig: (request, given) => call('DeleteTaskPushNotificationConfig', request, () => {}, given),
    async getExtendedAgentCard(given) {
      const json = await call('GetExtendedAgentCard', {}, (result) => result, given)
      // What was verified is read, as with the public card.
      const isVerified = verifyCard !== undefined && isSigned(json)
      const from = { url: target?.chosen.url, signal: given?.signal }
      const card = decodeAgentCard(isVerified ? (await verifyCard(json, from)).card : json)
      if (!given?.forwardFrom) source.replace(card)
      return card
    },
  }
  return client
}

/**
 * Makes a client and loads the agent's card, so that an agent that can't be used is found out here.
 *
 * @param url - the agent's host, the address its card lies below, or the card's own address
 * @throws PfError PF_REMOTE_CARD, PF_HTTP_FAILED, PF_HTTP_TIMEOUT
 *
 * @example
 * ```ts
 * const client = await connect('https://agent.example')
 * const task = await client.getTask({ id: 't-1', historyLength: 5 })
 * ```
 */
export async function connect(
  url: string,
  options: A2AClientOptions & Pick<CallOptions, 'signal'> = {},
): Promise<A2AClient> {
  const { signal, ...rest } = options
  const client = createA2AClient({ ...rest, url })
  chooseInterface(await client.card({ signal }), options.prefer, agentCardUrl(url))
  return client
}

function isSigned(card: JsonValue): boolean {
  return typeof card === 'object' && card !== null && 'signatures' in card && card.signatures !== undefined
}

function taskWithId(id: string): (result: JsonValue) => Task {
  return (result) => {
    const task = decodeTask(result)
    if (task.id !== id)
      throw new PfError('PF_REMOTE_RESPONSE', 'The agent answered with another task than the one asked for.')
    return task
  }
}
