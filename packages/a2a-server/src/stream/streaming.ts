import { type A2AError, encodeMessage, type Requests } from '@pf-agents/a2a-protocol'
import {
  type Clock,
  isTerminal,
  type Message,
  PfError,
  type RunStore,
  type RunStreams,
  type StoredEvent,
  type StoredTask,
  type TaskKey,
  type TaskStatus,
} from '@pf-agents/agent-core'
import { createSseHub, type SseHub, type SseStream } from '@pf-agents/http-kit'
import type { ResumePoint } from '../extension/extension'
import { type MessageTerms, prepareMessage, undoneWhereRefused } from '../operation/prepare-message'
import type { Outgoing } from './event-encoder'
import type { Framing } from './framing'
import type { StreamingOptions } from './options'
import { type Standing, standingAt } from './standing'
import { submittedTask } from './submitted-task'
import { type StreamHost, type StreamTerms, type Subscription, TaskStream } from './task-stream'

/** What a request for a stream brings. */
export interface StreamCall extends MessageTerms {
  framing: Framing
  /** Changes what goes out, where an extension that is turned on does so. */
  outgoing: Outgoing | undefined
  /** Where to go on, where an extension that is turned on says so. */
  resume: ResumePoint | undefined
  /** Told that a new task has its first events in its stream: they can be on their way before anything else is done. */
  begun(body: SseStream): void
}

const none: readonly string[] = []

/** The streaming operations, over the live side of runs. */
export class Streaming implements StreamHost {
  readonly hub: SseHub
  readonly streams: RunStreams
  readonly tell: (error: unknown) => A2AError
  readonly #store: RunStore
  readonly #maxStreams: number

  constructor(
    streams: RunStreams,
    store: RunStore,
    clock: Clock,
    options: StreamingOptions,
    tell: (error: unknown) => A2AError,
  ) {
    const { heartbeatMs, stallMs, maxStreams = 20_000 } = options
    this.hub = createSseHub({ heartbeatMs, stallMs, clock })
    this.streams = streams
    this.#store = store
    this.tell = tell
    this.#maxStreams = maxStreams
  }

  /** Ends every stream: the server goes down. */
  close(): void {
    this.hub.close()
  }

  /**
   * SendStreamingMessage (A2A 1.0, 3.1.2): the stream, once there is something to tell. The run does not depend on it.
   * @throws what kept the message from being worked on
   */
  async send(request: Requests['SendStreamingMessage'], call: StreamCall): Promise<SseStream> {
    this.#checkRoom()
    const prepared = prepareMessage(request, call)
    const { input, attached } = prepared instanceof Promise ? await prepared : prepared
    const historyLength = request.configuration?.historyLength
    const isNew = request.message.taskId === undefined
    return new Promise<SseStream>((resolve, reject) => {
      let hasBegun = false
      const begin = (open: () => SseStream | Promise<SseStream>): void => {
        if (hasBegun) return
        hasBegun = true
        try {
          resolve(open())
        } catch (error) {
          reject(error as Error)
        }
      }
      const onEvents = (events: readonly StoredEvent[], key: TaskKey): void =>
        begin(() =>
          isNew ? this.#fromStart(events, key, historyLength, call) : this.#fromNow(key, historyLength, call),
        )
      const { outcome } = call.endpoint.runtime.submit({ ...input, onEvents })
      undoneWhereRefused(outcome, attached).then(
        ({ message, task }) =>
          begin(() =>
            message === undefined ? this.#ofTask(task, historyLength, true, call) : this.#reply(message, call),
          ),
        reject,
      )
    })
  }

  /**
   * SubscribeToTask (3.1.6): the task as it stands and what comes behind it; or only what comes behind an event that the
   * caller has.
   * @throws PfError PF_TASK_NOT_FOUND, PF_TASK_TERMINAL
   */
  async subscribe({ id }: Requests['SubscribeToTask'], call: StreamCall): Promise<SseStream> {
    this.#checkRoom()
    const stored = await this.#load(id, call)
    const resumed = call.resume && (await this.#resume(stored, call.resume, call))
    if (resumed !== undefined) return resumed
    if (isTerminal(stored.task.status.state))
      throw new PfError('PF_TASK_TERMINAL', undefined, { details: { taskId: id } })
    return this.#ofTask(stored, undefined, false, call)
  }

  #checkRoom(): void {
    if (this.hub.size >= this.#maxStreams)
      throw new PfError('PF_OVERLOADED', 'The server has no room for another stream.', { retryAfterMs: 5000 })
  }

  async #load(taskId: string, { endpoint, info }: StreamCall): Promise<StoredTask> {
    const stored = await endpoint.runtime.task(taskId, info.principal)
    if (stored === undefined) throw new PfError('PF_TASK_NOT_FOUND', undefined, { details: { taskId } })
    return stored
  }

  /** A new task, from its first commit: as it was submitted, then everything. */
  #fromStart(
    events: readonly StoredEvent[],
    key: TaskKey,
    historyLength: number | undefined,
    call: StreamCall,
  ): SseStream {
    const { stored, rest } = submittedTask(events, key)
    const stream = this.#open(stored, historyLength, true, call)
    stream.tellTask(stored)
    stream.tell(rest)
    call.begun(stream.body)
    stream.follow((events.at(-1)?.seq ?? 0) + 1)
    return stream.body
  }

  /** A task that goes on, from where it stands. */
  async #fromNow(key: TaskKey, historyLength: number | undefined, call: StreamCall): Promise<SseStream> {
    return this.#ofTask(await this.#load(key.taskId, call), historyLength, true, call)
  }

  /** A stored task as it stands, and what comes behind that. */
  #ofTask(stored: StoredTask, historyLength: number | undefined, endsAtInput: boolean, call: StreamCall): SseStream {
    const stream = this.#open(stored, historyLength, endsAtInput, call)
    stream.tellTask(stored)
    const { state } = stored.task.status
    if (isTerminal(state) || (endsAtInput && state === 'input-required')) stream.body.close()
    else stream.follow(stored.lastSeq + 1)
    return stream.body
  }

  /** What comes behind an event; `undefined` where the events are gone, or there is and was none. */
  async #resume(stored: StoredTask, point: ResumePoint, call: StreamCall): Promise<SseStream | undefined> {
    const { seq, artifacts = 0, hasUnsaid = false } = point
    if (seq > stored.lastSeq || artifacts > stored.task.artifacts.length) return undefined
    if (seq === stored.lastSeq && isTerminal(stored.task.status.state))
      return hasUnsaid ? this.#ofTask(stored, undefined, false, call) : undefined
    const standing = await standingAt(this.#store, stored.key, seq)
    const subscription = this.streams.subscribe(stored.key, seq + 1)
    const first = seq < stored.lastSeq ? await firstOf(subscription) : []
    if (first === undefined) return undefined
    const status = statusAt(standing, stored, seq, first)
    if (status === undefined) {
      void subscription.return?.()
      return undefined
    }
    const stream = new TaskStream(this, {
      ...this.#terms(stored, undefined, false, call),
      status,
      saidId: standing?.saidId,
      // None is ever taken away, and new ones come last: those of then are the first of now.
      artifactIds: stored.task.artifacts.slice(0, artifacts).map(({ artifactId }) => artifactId),
      hasUnsaid,
    })
    // A reader that waits for what is new is told at once that it was heard.
    stream.body.write(': resumed\n\n')
    stream.tell(first)
    stream.followOn(subscription)
    return stream.body
  }

  #reply(message: Message, { framing, outgoing = (event) => event }: StreamCall): SseStream {
    const body = this.hub.open({ gone() {}, stalled: () => '' })
    const out = outgoing({ message: encodeMessage(message) })
    body.write(framing.before + JSON.stringify(framing.shape?.(out) ?? out) + framing.after)
    body.close()
    return body
  }

  #open(stored: StoredTask, historyLength: number | undefined, endsAtInput: boolean, call: StreamCall): TaskStream {
    return new TaskStream(this, this.#terms(stored, historyLength, endsAtInput, call))
  }

  #terms(
    { key, task, facts }: StoredTask,
    historyLength: number | undefined,
    endsAtInput: boolean,
    { endpoint, info, framing, outgoing }: StreamCall,
  ): StreamTerms {
    return {
      key,
      taskId: task.id,
      contextId: task.contextId,
      framing,
      outgoing,
      endsAtInput,
      historyLength,
      status: task.status,
      saidId: task.history.at(-1)?.messageId,
      artifactIds: task.artifacts.length === 0 ? none : task.artifacts.map(({ artifactId }) => artifactId),
      interrupts: facts.interrupts,
      hasUnsaid: false,
      runtime: endpoint.runtime,
      principal: info.principal,
    }
  }
}

/** The status that a reader was told last who has the events up to `seq`; `undefined` where that is not known. */
function statusAt(
  standing: Standing | undefined,
  { task, lastSeq }: StoredTask,
  seq: number,
  next: readonly StoredEvent[],
): TaskStatus | undefined {
  if (standing?.status !== undefined) return standing.status
  const later = next.find(({ event }) => event.type === 'status')?.event
  // Before its first status a task is told as submitted, with the time of that one.
  if (standing !== undefined)
    return { state: 'submitted', timestamp: later?.type === 'status' ? later.status.timestamp : '' }
  // The stored task is as it was then where its status did not change since.
  const reachesEnd = seq >= lastSeq || (next.at(-1)?.seq ?? 0) >= lastSeq
  return reachesEnd && later === undefined ? task.status : undefined
}

/** The first events of a subscription; `undefined` where it has none to give. */
async function firstOf(subscription: Subscription): Promise<readonly StoredEvent[] | undefined> {
  try {
    const { done, value } = await subscription.next()
    return done ? undefined : value
  } catch (error) {
    if (PfError.is(error, 'PF_STREAM_LAGGED')) return undefined
    throw error
  }
}
