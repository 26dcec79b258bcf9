import type { SendMessageResponse, StreamResponse } from '@pf-agents/a2a-protocol'
import { type Message, PfError, type Task } from '@pf-agents/agent-core'
import { abortReason } from '@pf-agents/http-kit'
import { createTaskFold, outcomeOf, type TaskFold } from './fold'

/**
 * The events of a stream, read one by one: nothing is read from the connection before it is asked for, so that whoever
 * reads slowly is not overrun. Leaving the loop ends the stream, not the task.
 */
export interface A2AEventStream extends AsyncIterableIterator<StreamResponse, undefined, undefined> {
  /** The task as put together from the events read so far. Read only. */
  readonly task: Task | undefined
  /** The direct reply, once read. */
  readonly message: Message | undefined
  /**
   * Reads what is left, and gives what SendMessage would have given: the task as it ended or waits, or the direct reply.
   * @throws what the iteration throws; PfError PF_CONFIG_INVALID where the stream was asked for with `fold: false`
   */
  result(): Promise<SendMessageResponse>
  return(): Promise<IteratorReturnResult<undefined>>
}

/** Makes a stream of what a source yields; the source is told by its signal when nobody reads any more. */
export function createEventStream(
  source: (signal: AbortSignal) => AsyncGenerator<StreamResponse, void, undefined>,
  options: { fold: boolean; signal?: AbortSignal | undefined },
): A2AEventStream {
  return new EventStream(source, options)
}

class EventStream implements A2AEventStream {
  readonly #stop = new AbortController()
  readonly #events: AsyncGenerator<StreamResponse, void, undefined>
  readonly #outer: AbortSignal | undefined
  readonly #fold: TaskFold | undefined
  #isOver = false
  #hasBegun = false

  constructor(
    source: (signal: AbortSignal) => AsyncGenerator<StreamResponse, void, undefined>,
    { fold, signal }: { fold: boolean; signal?: AbortSignal | undefined },
  ) {
    this.#fold = fold ? createTaskFold() : undefined
    this.#outer = signal
    this.#events = source(this.#stop.signal)
  }

  get task(): Task | undefined {
    return this.#fold?.task
  }
  get message(): Message | undefined {
    return this.#fold?.message
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<StreamResponse, undefined>> {
    if (this.#isOver) return { done: true, value: undefined }
    if (!this.#hasBegun) this.#begin()
    try {
      const next = await this.#events.next()
      if (next.done) {
        this.#end()
        return { done: true, value: undefined }
      }
      this.#fold?.add(next.value)
      return next
    } catch (error) {
      const isLeft = this.#isOver
      this.#end()
      // Whoever left while a read was pending is not told that it was ended.
      if (isLeft) return { done: true, value: undefined }
      throw error
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.#isOver) {
      this.#end()
      this.#stop.abort()
      // A pending read is ended by the signal; this waits until the connection is closed.
      await this.#events.return().catch(() => {})
    }
    return { done: true, value: undefined }
  }

  async result(): Promise<SendMessageResponse> {
    if (this.#fold === undefined)
      throw new PfError(
        'PF_CONFIG_INVALID',
        'A stream that is read with fold: false has no result. Leave that option out.',
      )
    while (!(await this.next()).done);
    const outcome = outcomeOf(this.#fold)
    if (outcome === undefined) throw new PfError('PF_REMOTE_RESPONSE', 'The stream was left before its first event.')
    return outcome
  }

  /** Nothing is sent, and nothing listened to, before the first event is asked for. */
  #begin(): void {
    this.#hasBegun = true
    if (this.#outer?.aborted) this.#onAbort()
    else this.#outer?.addEventListener('abort', this.#onAbort)
  }

  #end(): void {
    this.#isOver = true
    this.#outer?.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => this.#stop.abort(abortReason(this.#outer as AbortSignal))
}
