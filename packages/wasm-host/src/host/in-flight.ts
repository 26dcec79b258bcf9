import type { OutboundBroker } from '../outbound/broker'
import type { FromWorker } from '../protocol/messages'
import type { Exchange } from './exchange'
import { type HostError, hostErrors, sendHostError } from './host-error'
import { Upload } from './upload'

/** A request the host has accepted, from arrival until its instance is gone. */
export class InFlight {
  readonly id: number
  readonly exchange: Exchange
  /** Whether a worker has given it an instance. Of one that never paused since, the worker may not have told. */
  started = false
  /** How often it may have been started. */
  attempts = 0
  /** Its body, where that still comes. */
  readonly upload: Upload | undefined
  /** Whether the guest has written or called out, so that it must not run twice. */
  effect = false
  /** Whether the response has begun. */
  headSent = false
  /** Whether the client's side is complete or gone: nothing more is sent. */
  closed = false
  /** Why the host ends it, when it does. */
  ending: HostError | undefined
  /** Makes its outbound calls where its thread can't. */
  broker: OutboundBroker | undefined
  timer: NodeJS.Timeout | undefined
  /** Bytes the head promised and not yet sent; undefined without a content-length. */
  #promised: number | undefined

  constructor(id: number, exchange: Exchange) {
    this.id = id
    this.exchange = exchange
    if (exchange.streaming) this.upload = new Upload(exchange)
  }

  /** All of its body, where it needs not be sent on in parts. */
  get body(): Uint8Array | undefined {
    return this.exchange.body ?? this.upload?.whole
  }

  begin(): void {
    this.started = true
    this.attempts++
    this.upload?.begun()
  }

  /**
   * Its worker is gone. Where it is not known whose fault that was, it may have been its own: such a request must not end
   * one worker after the other.
   */
  orphan(isCulpritKnown: boolean): void {
    if (!this.started && !isCulpritKnown) this.attempts++
  }

  /** Whether it can go to another worker unnoticed: nothing said, nothing done, and its body is still at hand. */
  get repeatable(): boolean {
    if (this.upload && this.started && !this.upload.isAtHand) return false
    return !this.effect && !this.headSent && this.attempts < 2
  }

  head(message: Extract<FromWorker, { type: 'head' }>, credit: (bytes: number) => void): void {
    if (this.closed || this.headSent || this.ending) return
    if (message.status < 200 || message.status > 599) return this.fail(hostErrors.answer, `status ${message.status}`)
    if (message.status >= 500 && message.outOfMemory) return this.fail(hostErrors.memory)
    this.headSent = true
    const length = message.headers.find(([name]) => name === 'content-length')?.[1]
    const bodiless = this.exchange.head.method === 'HEAD' || message.status === 204 || message.status === 304
    this.#promised = length === undefined || bodiless ? undefined : Number(length)
    this.exchange.respond(message.status, message.headers, !message.chunk && !message.end)
    if (message.chunk) this.data(message.chunk, credit)
    if (message.end) this.end()
  }

  data(chunk: Uint8Array, credit: (bytes: number) => void): void {
    if (this.closed) return
    if (this.#promised !== undefined) {
      this.#promised -= chunk.byteLength
      // More than was promised would be read as the start of the next answer on the connection.
      if (this.#promised < 0) return this.#break()
    }
    this.exchange.write(chunk, () => credit(chunk.byteLength))
  }

  end(): void {
    if (this.closed) return
    if (this.#promised !== undefined && this.#promised > 0) return this.#break()
    this.closed = true
    this.exchange.end()
  }

  /** The answer can't be completed: an error if nothing has been sent, else a broken connection. */
  fail(error: HostError, detail?: string): void {
    if (this.closed) return
    if (this.headSent) return this.#break()
    this.closed = true
    this.headSent = true
    sendHostError(this.exchange, error, detail)
  }

  #break(): void {
    this.closed = true
    this.exchange.destroy()
  }
}
