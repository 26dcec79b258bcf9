import type { A2AError } from '@pf-agents/a2a-protocol'
import {
  type AgentRuntime,
  PfError,
  type Principal,
  type RunStreams,
  type StoredEvent,
  type StoredTask,
  type TaskKey,
} from '@pf-agents/agent-core'
import type { SseHub, SseOwner, SseStream } from '@pf-agents/http-kit'
import { encodeStoredTask } from '../operation/encode-stored-task'
import { type EncoderStart, EventEncoder } from './event-encoder'

/** What all streams of a server share. */
export interface StreamHost {
  readonly hub: SseHub
  readonly streams: RunStreams
  /** What a caller is told of an error. */
  tell(error: unknown): A2AError
}

/** What one stream is about. */
export interface StreamTerms extends EncoderStart {
  key: TaskKey
  historyLength: number | undefined
  runtime: AgentRuntime
  principal: Principal
}

/** A place in the events of a task. */
export type Subscription = ReturnType<RunStreams['subscribe']>

/**
 * One stream: a place in the events of a task and the connection they go to. It takes the next events when the ones
 * before have gone out, so that nothing piles up for a slow reader. Its end changes nothing for the task.
 */
export class TaskStream implements SseOwner {
  /** The connection. */
  readonly body: SseStream
  readonly #host: StreamHost
  readonly #terms: StreamTerms
  readonly #encoder: EventEncoder
  #subscription: Subscription | undefined

  constructor(host: StreamHost, terms: StreamTerms) {
    this.#host = host
    this.#terms = terms
    this.#encoder = new EventEncoder(terms)
    this.body = host.hub.open(this)
  }

  /** Tells the task as it stands. */
  tellTask({ task, facts, lastSeq }: Pick<StoredTask, 'task' | 'facts' | 'lastSeq'>): void {
    const wire = encodeStoredTask({ task, facts }, { historyLength: this.#terms.historyLength })
    this.body.write(this.#encoder.snapshot(wire, lastSeq))
  }

  /** Tells events that are at hand; where they end the stream, it is closed. */
  tell(events: readonly StoredEvent[]): void {
    const text = this.#encoder.encode(events)
    if (text !== '') this.body.write(text)
    if (this.#encoder.hasEnded) this.#end()
  }

  /** Follows the task from this event on, until the stream is closed. */
  follow(fromSeq: number): void {
    if (this.body.isOver || this.#encoder.hasEnded) return
    try {
      this.followOn(this.#host.streams.subscribe(this.#terms.key, fromSeq))
    } catch (error) {
      // What it begins with may be on its way already.
      this.#fail(error)
    }
  }

  /** Goes on with a subscription that was begun; gives it back where the stream is over already. */
  followOn(subscription: Subscription): void {
    this.#subscription = subscription
    if (this.body.isOver || this.#encoder.hasEnded) this.#leave()
    else this.#next()
  }

  gone(): void {
    this.#leave()
  }

  stalled(): string {
    const message = 'The stream was ended because its reader took nothing. Subscribe again to go on.'
    return this.#terms.framing.error(this.#host.tell(new PfError('PF_STREAM_LAGGED', message)))
  }

  #next(): void {
    this.#subscription?.next().then(this.#take, this.#fail)
  }

  readonly #take = (step: IteratorResult<readonly StoredEvent[], undefined>): void => {
    if (this.body.isOver) return
    // The streams were closed: the server goes down.
    if (step.done) return this.body.close()
    this.tell(step.value)
    if (this.body.isOver || this.#encoder.hasEnded) return
    if (this.body.isBehind) void this.body.room().then(() => this.#next())
    else this.#next()
  }

  readonly #fail = (error: unknown): void => {
    if (this.body.isOver) return
    this.body.write(this.#terms.framing.error(this.#host.tell(error)))
    this.body.close()
  }

  /** The last event was told. What updates could not tell, the task itself does, unless it has gone on meanwhile. */
  #end(): void {
    this.#leave()
    if (!this.#encoder.hasUnsaid) return this.body.close()
    const { seq } = this.#encoder
    const { runtime, principal, key } = this.#terms
    runtime.task(key.taskId, principal).then((stored) => {
      if (stored?.lastSeq === seq) this.tellTask(stored)
      this.body.close()
    }, this.#fail)
  }

  #leave(): void {
    void this.#subscription?.return?.()
    this.#subscription = undefined
  }
}
