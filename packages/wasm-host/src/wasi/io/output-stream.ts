import type { GuestContext } from '../../worker/guest-context'
import type { InputStream } from './input-stream'
import { after } from './after'
import { streamClosed } from './io-error'
import { type Pollable, SourcePollable, type Waiters } from './pollable'

/** Where a guest's output goes: how much it takes now, and who waits for room. */
export interface ByteSink {
  waiters: Waiters
  /** Bytes that may be written now; 0 means wait, -1 means closed for good. */
  room(): number
  write(chunk: Uint8Array): void
}

/** The most a guest is invited to write in one call, so that a large body leaves in pieces. */
const MAX_WRITE = 64 * 1024

/** `wasi:io/streams.output-stream` over a byte sink. */
export class OutputStream {
  readonly #context: GuestContext
  readonly #sink: ByteSink

  constructor(context: GuestContext, sink: ByteSink) {
    this.#context = context
    this.#sink = sink
  }

  checkWrite(): bigint {
    const room = this.#sink.room()
    if (room < 0) throw streamClosed
    return BigInt(Math.min(room, MAX_WRITE))
  }

  write(chunk: Uint8Array): void {
    if (this.#sink.room() < 0) throw streamClosed
    this.#sink.write(chunk)
  }

  flush(): void {
    if (this.#sink.room() < 0) throw streamClosed
  }

  blockingFlush(): void | Promise<void> {
    return this.#untilRoom()
  }

  blockingWriteAndFlush(contents: Uint8Array): void | Promise<void> {
    return after(this.#untilRoom(), () => {
      const size = Math.min(contents.byteLength, Number(this.checkWrite()))
      this.#sink.write(contents.subarray(0, size))
      return size < contents.byteLength ? this.blockingWriteAndFlush(contents.subarray(size)) : undefined
    })
  }

  writeZeroes(length: bigint): void {
    this.write(new Uint8Array(Math.min(Number(length), MAX_WRITE)))
  }

  blockingWriteZeroesAndFlush(length: bigint): void | Promise<void> {
    return this.blockingWriteAndFlush(new Uint8Array(Number(length)))
  }

  splice(source: InputStream, length: bigint): bigint {
    const room = this.checkWrite()
    const chunk = source.read(length < room ? length : room)
    if (chunk.byteLength > 0) this.#sink.write(chunk)
    return BigInt(chunk.byteLength)
  }

  blockingSplice(source: InputStream, length: bigint): bigint | Promise<bigint> {
    return after(this.#untilRoom(), () => {
      const room = this.checkWrite()
      return after(source.blockingRead(length < room ? length : room), (chunk) => {
        this.#sink.write(chunk)
        return BigInt(chunk.byteLength)
      })
    })
  }

  subscribe(): Pollable {
    return new SourcePollable(this.#context, () => this.#sink.room() !== 0, this.#sink.waiters)
  }

  #untilRoom(): void | Promise<void> {
    if (this.#sink.room() < 0) throw streamClosed
    if (this.#sink.room() > 0) return
    return after(this.#context.waitFor([this.subscribe()]), () => this.#untilRoom())
  }
}
