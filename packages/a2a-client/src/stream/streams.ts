import {
  A2A_EXTENSIONS_HEADER,
  A2AError,
  type AgentCard,
  isA2AError,
  replayExtensionUri,
  type Requests,
  type SendMessageRequest,
  type SendMessageResponse,
  type StreamResponse,
  type SubscribeToTaskRequest,
} from '@pf-agents/a2a-protocol'
import { type Clock, PfError, type Random, type Task } from '@pf-agents/agent-core'
import { watchTimeouts } from '@pf-agents/http-kit'
import type { Binding } from '../binding/binding'
import type { ChosenInterface } from '../discovery/choose-interface'
import type { A2AClientOptions, CallOptions } from '../options'
import { statusOf } from '../transport/errors'
import { defaultMaxResponseBytes, fetchOf, type Sender } from '../transport/exchange'
import type { Repeater } from '../transport/repeater'
import { isOfTask } from '../transport/retry-rules'
import type { WireRequest } from '../transport/wire'
import { createEventStream, type A2AEventStream } from './event-stream'
import { follow } from './follow'
import { openStream, type StreamConnection, type StreamOpener } from './open-stream'
import { defaultResubscribe, type StreamOptions } from './options'

/** An agent's interface in use. */
export interface StreamTarget {
  card: AgentCard
  chosen: ChosenInterface
  binding: Binding
}

/** What streams need of their client. */
export interface StreamsHost {
  options: A2AClientOptions
  clock: Clock
  random: Random
  repeat: Repeater
  send: Sender
  /** The card's interface, loaded where need be. */
  target(signal: AbortSignal): Promise<StreamTarget>
  /** Waits until an agent that is scaled to zero is awake. */
  wake(target: StreamTarget, signal: AbortSignal): Promise<void>
  answered(status: number): void
  nextId(): number
  sendMessage(request: Omit<SendMessageRequest, 'tenant'>, options: CallOptions): Promise<SendMessageResponse>
  getTask(id: string, options: CallOptions): Promise<Task>
}

type Streaming = 'SendStreamingMessage' | 'SubscribeToTask'

/** The streaming operations of a client. */
export interface Streams {
  send(request: Omit<SendMessageRequest, 'tenant'>, options?: StreamOptions): A2AEventStream
  subscribe(request: Omit<SubscribeToTaskRequest, 'tenant'>, options?: StreamOptions): A2AEventStream
}

/** Makes them. */
export function createStreams(host: StreamsHost): Streams {
  /** Interfaces whose agent takes SubscribeToTask by GET only. */
  const byGet = new WeakSet<Binding>()
  const start = (
    given: StreamOptions,
    run: (stream: OneStream) => AsyncGenerator<StreamResponse, void, undefined>,
  ): A2AEventStream => {
    const options = { ...host.options.streams, ...withoutUndefined(given) }
    return createEventStream((signal) => run(new OneStream(host, options, signal, byGet)), {
      fold: options.fold ?? true,
      signal: given.signal,
    })
  }
  return {
    send: (request, options = {}) =>
      start(options, (stream) => stream.run('SendStreamingMessage', request as Requests['SendStreamingMessage'])),
    subscribe: (request, options = {}) => start(options, (stream) => stream.run('SubscribeToTask', request)),
  }
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

/** One stream from its first request to its end. */
class OneStream {
  readonly #host: StreamsHost
  readonly #options: StreamOptions
  readonly #signal: AbortSignal
  readonly #byGet: WeakSet<Binding>
  readonly #opener: StreamOpener
  #bytes = 0

  constructor(host: StreamsHost, options: StreamOptions, signal: AbortSignal, byGet: WeakSet<Binding>) {
    this.#host = host
    this.#options = options
    this.#signal = signal
    this.#byGet = byGet
    const { maxResponseBytes = defaultMaxResponseBytes } = host.options
    this.#opener = {
      send: host.send,
      fetch: fetchOf(host.options),
      clock: host.clock,
      maxResponseBytes,
      maxEventLength: options.maxEventLength ?? 16 * 1024 * 1024,
      onBytes: (count) => this.#count(count),
      answered: host.answered,
    }
  }

  async *run<K extends Streaming>(operation: K, request: Requests[K]): AsyncGenerator<StreamResponse, void, undefined> {
    const host = this.#host
    const options = this.#options
    const { clock, random } = host
    const watch = watchTimeouts({ totalMs: options.timeoutMs }, { signal: this.#signal, clock })
    const { signal } = watch
    try {
      const target = await host.target(signal)
      if (target.card.capabilities.streaming !== true) {
        if (operation === 'SubscribeToTask' || options.fallback !== 'unary') throw doesNotStream(target.card)
        yield await host.sendMessage(request as Requests['SendStreamingMessage'], this.#callOptions(signal))
        return
      }
      const policy = options.resubscribe === false ? undefined : { ...defaultResubscribe, ...options.resubscribe }
      yield* follow(
        operation,
        {
          first: () => this.#first(operation, request, target, signal),
          again: async (id, after) => this.#subscribe({ id }, await host.target(signal), signal, after),
          task: (id) => host.getTask(id, this.#callOptions(signal)),
        },
        { policy, clock, random, signal },
      )
    } finally {
      watch.dispose()
    }
  }

  /** A message is sent again only where it can't have arrived; one of a task, where there was no connection. */
  async #first<K extends Streaming>(
    operation: K,
    request: Requests[K],
    target: StreamTarget,
    signal: AbortSignal,
  ): Promise<StreamConnection> {
    const { repeat, wake } = this.#host
    if (operation === 'SubscribeToTask')
      return repeat(() => this.#subscribe(request as Requests['SubscribeToTask'], target, signal), {
        safe: true,
        signal,
      })
    await wake(target, signal)
    return repeat(() => this.#open(target, operation, request, signal), {
      safe: false,
      ofTask: isOfTask(request),
      signal,
    })
  }

  /** POST as the text of the specification has it; where there is no such route, GET as its proto has it. */
  async #subscribe(
    request: Requests['SubscribeToTask'],
    target: StreamTarget,
    signal: AbortSignal,
    after?: string,
  ): Promise<StreamConnection> {
    const { binding } = target
    if (!this.#byGet.has(binding)) {
      try {
        return await this.#open(target, 'SubscribeToTask', request, signal, after)
      } catch (error) {
        const status = statusOf(error)
        const isNoRoute = isA2AError(error, 'UnknownError') && (status === 404 || status === 405)
        if (!isNoRoute || binding.writeSubscribe === undefined) throw error
      }
    }
    const connection = await this.#open(target, 'SubscribeToTask', request, signal, after, true)
    this.#byGet.add(binding)
    return connection
  }

  async #open<K extends Streaming>(
    { binding, chosen, card }: StreamTarget,
    operation: K,
    request: Requests[K],
    signal: AbortSignal,
    after?: string,
    byGet = false,
  ): Promise<StreamConnection> {
    const { sendTimeoutMs = 300_000, timeoutMs = 30_000, wakeBudgetMs = 0 } = this.#host.options
    const asked = (chosen.tenant === undefined ? request : { ...request, tenant: chosen.tenant }) as Requests[K]
    const id = this.#host.nextId()
    const wire: WireRequest =
      byGet && binding.writeSubscribe
        ? binding.writeSubscribe(asked as Requests['SubscribeToTask'])
        : binding.write(operation, asked, id)
    this.#askForReplay(wire, binding, card, after)
    const headersMs = (operation === 'SubscribeToTask' ? timeoutMs : sendTimeoutMs) + wakeBudgetMs
    const { forwardFrom, idleTimeoutMs = 120_000 } = this.#options
    return openStream(this.#opener, binding, wire, id, {
      signal,
      forwardFrom,
      timeouts: { headersMs, idleMs: idleTimeoutMs },
    })
  }

  #askForReplay(
    { headers }: WireRequest,
    { extensionsHeader = A2A_EXTENSIONS_HEADER }: Binding,
    { capabilities }: AgentCard,
    after: string | undefined,
  ): void {
    const { extensions = [] } = this.#host.options
    if (!capabilities.extensions?.some(({ uri }) => uri === replayExtensionUri)) return
    headers[extensionsHeader.toLowerCase()] = [...new Set([...extensions, replayExtensionUri])].join(',')
    if (after !== undefined) headers['last-event-id'] = after
  }

  #callOptions(signal: AbortSignal): CallOptions {
    return { signal, forwardFrom: this.#options.forwardFrom }
  }

  #count(bytes: number): void {
    const { maxStreamBytes = 256 * 1024 * 1024 } = this.#options
    this.#bytes += bytes
    if (this.#bytes <= maxStreamBytes) return
    throw new PfError('PF_REMOTE_RESPONSE', `The agent's stream is longer than ${maxStreamBytes} bytes.`, {
      details: { maxStreamBytes },
    })
  }
}

function doesNotStream({ name }: AgentCard): A2AError {
  return new A2AError('UnsupportedOperationError', {
    message: `The card of the agent ${JSON.stringify(name)} says that it does not stream. Use sendMessage and getTask, or the option fallback: 'unary'.`,
  })
}
