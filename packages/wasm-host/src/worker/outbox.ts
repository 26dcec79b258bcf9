import type { FromWorker } from '../protocol/messages'

type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void

/** Bytes that leave without waiting for the guest to pause. */
const FLUSH_BYTES = 32 * 1024

/**
 * What one guest says to the host. Crossing threads costs more than the message, so everything up to the guest's next
 * wait travels together: for most requests that is the whole answer.
 */
export class Outbox {
  readonly #post: Post
  #messages: FromWorker[] = []
  #transfer: ArrayBuffer[] = []
  #bytes = 0

  constructor(post: Post) {
    this.#post = post
  }

  add(message: FromWorker, chunk?: Uint8Array): void {
    this.#messages.push(message)
    if (!chunk) return
    this.#bytes += chunk.byteLength
    if (chunk.byteLength === chunk.buffer.byteLength && chunk.byteLength >= 8192)
      this.#transfer.push(chunk.buffer as ArrayBuffer)
    if (this.#bytes >= FLUSH_BYTES) this.flush()
  }

  /** Sends at once, what was said before included. */
  now(message: FromWorker): void {
    this.add(message)
    this.flush()
  }

  flush(): void {
    const [first] = this.#messages
    if (!first) return
    this.#post(this.#messages.length === 1 ? first : { type: 'batch', messages: this.#messages }, this.#transfer)
    this.#messages = []
    this.#transfer = []
    this.#bytes = 0
  }
}
