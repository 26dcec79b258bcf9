import { WINDOW } from '../protocol/messages'
import type { Outbox } from './outbox'
import type { ResponseTarget } from '../wasi/http/outgoing-response'
import { Waiters } from '../wasi/io/pollable'

/**
 * The response of one request on its way to the host. The head travels with the first chunk; chunks leave as they are
 * written, up to a window of bytes that the client has not taken.
 */
export class ResponseSink implements ResponseTarget {
  waiters = new Waiters()
  readonly #id: number
  readonly #outbox: Outbox
  readonly #outOfMemory: () => boolean
  #head: { status: number; headers: [string, string][] } | undefined
  #credit = WINDOW
  #state: 'open' | 'ended' | 'closed' = 'open'

  constructor(id: number, outbox: Outbox, outOfMemory: () => boolean) {
    this.#id = id
    this.#outbox = outbox
    this.#outOfMemory = outOfMemory
  }

  head(status: number, headers: [string, string][]): void {
    this.#head = { status, headers }
  }

  error(code: { tag: string; val?: unknown }): void {
    this.#state = 'ended'
    this.#outbox.add({ type: 'error', id: this.#id, code: code.tag })
  }

  /** Whether the guest has finished its answer (or nobody is there to take it). */
  get complete(): boolean {
    return this.#state !== 'open'
  }

  room(): number {
    return this.#state === 'open' ? Math.max(0, this.#credit) : -1
  }

  write(chunk: Uint8Array): void {
    if (this.#state !== 'open' || chunk.byteLength === 0) return
    this.#credit -= chunk.byteLength
    if (this.#head) {
      this.#outbox.add({ type: 'head', id: this.#id, ...this.#head, chunk, outOfMemory: this.#outOfMemory() }, chunk)
      this.#head = undefined
    } else this.#outbox.add({ type: 'data', id: this.#id, chunk }, chunk)
  }

  /** Sends a head that has waited for its first chunk. */
  flush(): void {
    if (!this.#head) return
    this.#outbox.add({ type: 'head', id: this.#id, ...this.#head, outOfMemory: this.#outOfMemory() })
    this.#head = undefined
  }

  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    if (this.#head)
      this.#outbox.add({ type: 'head', id: this.#id, ...this.#head, end: true, outOfMemory: this.#outOfMemory() })
    else this.#outbox.add({ type: 'end', id: this.#id })
    this.#head = undefined
  }

  abort(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.flush()
    this.#outbox.add({ type: 'broken', id: this.#id })
  }

  /** The client has taken bytes. */
  credit(bytes: number): void {
    this.#credit += bytes
    this.waiters.notify()
  }

  /** The client is gone. */
  close(): void {
    if (this.#state === 'open') this.#state = 'closed'
    this.#head = undefined
    this.waiters.notify()
  }
}
