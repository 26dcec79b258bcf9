import type { GuestContext } from '../../worker/guest-context'
import { after } from './after'
import { streamClosed, streamFailed } from './io-error'
import { type Pollable, SourcePollable, Waiters } from './pollable'

const EMPTY = new Uint8Array(0)
/** The most a single read hands to the guest, whatever it asks for: its buffer comes out of its own capped memory. */
const MAX_READ = 64 * 1024

/**
 * Bytes on their way to a guest: chunks in order, then an end or a failure.
 * `onRead` hears how many bytes the guest took, so that the producer may send more.
 */
export class ByteQueue {
  readonly waiters = new Waiters()
  #chunks: Uint8Array[] = []
  #ended = false
  #failure: { message: string; code?: { tag: string; val?: unknown } | undefined } | undefined
  readonly #onRead: (bytes: number) => void
  /** Bytes that wait to be read. */
  buffered = 0

  constructor(onRead: (bytes: number) => void = () => {}) {
    this.#onRead = onRead
  }

  push(chunk: Uint8Array): void {
    if (this.#ended || chunk.byteLength === 0) return
    this.#chunks.push(chunk)
    this.buffered += chunk.byteLength
    this.waiters.notify()
  }

  end(): void {
    this.#ended = true
    this.waiters.notify()
  }

  fail(message: string, code?: { tag: string; val?: unknown }): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = { message, code }
    this.waiters.notify()
  }

  isReady(): boolean {
    return this.#ended || this.#chunks.length > 0
  }

  /** Up to `limit` bytes; empty when nothing is there yet; throws the stream error at the end. */
  take(limit: number): Uint8Array {
    const first = this.#chunks[0]
    if (!first) {
      if (this.#failure) throw streamFailed(this.#failure.message, this.#failure.code)
      if (this.#ended) throw streamClosed
      return EMPTY
    }
    if (limit === 0) return EMPTY
    const size = Math.min(limit, MAX_READ)
    let chunk = first
    if (first.byteLength > size) {
      chunk = first.subarray(0, size)
      this.#chunks[0] = first.subarray(size)
    } else this.#chunks.shift()
    this.buffered -= chunk.byteLength
    this.#onRead(chunk.byteLength)
    return chunk
  }
}

const asSize = (value: bigint): number => (value > 0xffff_ffffn ? 0xffff_ffff : Number(value))

/** `wasi:io/streams.input-stream` over a byte queue. */
export class InputStream {
  readonly #queue: ByteQueue
  readonly #context: GuestContext

  constructor(context: GuestContext, queue: ByteQueue) {
    this.#context = context
    this.#queue = queue
  }

  read(length: bigint): Uint8Array {
    return this.#queue.take(asSize(length))
  }

  blockingRead(length: bigint): Uint8Array | Promise<Uint8Array> {
    return this.#queue.isReady()
      ? this.read(length)
      : after(this.#context.waitFor([this.subscribe()]), () => this.read(length))
  }

  skip(length: bigint): bigint {
    return BigInt(this.#queue.take(asSize(length)).byteLength)
  }

  blockingSkip(length: bigint): bigint | Promise<bigint> {
    return after(this.blockingRead(length), (chunk) => BigInt(chunk.byteLength))
  }

  subscribe(): Pollable {
    return new SourcePollable(this.#context, () => this.#queue.isReady(), this.#queue.waiters)
  }
}
