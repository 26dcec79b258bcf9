/** One request inside a worker: its instance, its body, its response, from start to end. */
import { type FromWorker, ownerOf, type Outcome, type ToWorker } from '../protocol/messages'
import { IncomingRequest } from '../wasi/http/incoming-request'
import { ResponseOutparam } from '../wasi/http/outgoing-response'
import { ByteQueue } from '../wasi/io/input-stream'
import { GuestAborted } from './guest-context'
import type { GuestInstance } from './instance-pool'
import { ResponseSink } from './response-sink'
import { Outbox } from './outbox'
import type { RunQueue } from './run-queue'

export class GuestRequest {
  readonly id: number
  readonly body: ByteQueue
  readonly sink: ResponseSink
  readonly #outbox: Outbox
  #instance: GuestInstance | undefined
  #streaming = false
  #abortReason: string | undefined

  constructor(id: number, post: (message: FromWorker, transfer?: ArrayBuffer[]) => void) {
    this.id = id
    this.#outbox = new Outbox(post)
    this.sink = new ResponseSink(id, this.#outbox, () => this.#instance?.outOfMemory() ?? false)
    this.body = new ByteQueue((bytes) => {
      if (this.#streaming) this.#outbox.add({ type: 'taken', id, bytes })
    })
  }

  /** Runs the guest to its end and reports how it went. */
  async run(
    start: Extract<ToWorker, { type: 'start' }>,
    run: string,
    queue: RunQueue,
    take: () => GuestInstance,
    onStart?: () => void,
  ): Promise<void> {
    let outcome: Outcome = 'ok'
    let message: string | undefined
    try {
      await queue.enter(this)
      if (this.#abortReason !== undefined) throw new GuestAborted(this.#abortReason)
      this.#streaming = start.more
      // With a body that streams at once: from here on it goes to this guest alone.
      this.#outbox[start.more ? 'now' : 'add']({ type: 'started', id: this.id })
      onStart?.()
      const instance = take()
      this.#instance = instance
      instance.context.bind({
        turn: this,
        owner: ownerOf(run, this.id),
        log: (stream, line) => this.#outbox.now({ type: 'log', id: this.id, stream, line }),
        effect: () => this.#outbox.now({ type: 'effect', id: this.id }),
        suspended: () => {
          this.sink.flush()
          this.#outbox.flush()
        },
      })
      const { handle } = instance
      if (!handle) throw new Error('the component does not export wasi:http/incoming-handler')
      // A guest that is ended while it waits is never resumed, so its own promise may stay open for good.
      await Promise.race([
        handle(new IncomingRequest(instance.context, start.head, this.body), new ResponseOutparam(this.sink)),
        instance.context.whenAborted,
      ])
      if (!this.sink.complete) outcome = 'silent'
    } catch (error) {
      outcome = error instanceof GuestAborted ? 'aborted' : 'trap'
      message = describeFailure(error)
    } finally {
      this.#instance?.context.end()
      queue.leave(this)
    }
    this.#outbox.now({
      type: 'done',
      id: this.id,
      outcome,
      outOfMemory: this.#instance?.outOfMemory() ?? false,
      memoryBytes: this.#instance?.memoryBytes() ?? 0,
      cpuMs: queue.cpuOf(this),
      ...(message === undefined ? {} : { message }),
    })
    this.#instance?.end(outcome === 'ok' || outcome === 'silent')
    this.#instance = undefined
  }

  abort(reason: string): void {
    this.#abortReason = reason
    this.body.fail(reason)
    this.sink.close()
    this.#instance?.context.abort(reason)
  }

  disconnect(): void {
    this.body.fail('the client is gone')
    this.sink.close()
  }
}

function describeFailure(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
