import type { GuestContext } from '../../worker/guest-context'
import type { InputStream } from './input-stream'
import { streamClosed } from './io-error'
import { Pollable, SourcePollable, Waiters } from './pollable'

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

  async blockingFlush(): Promise<void> {
    await this.#untilRoom()
  }

  async blockingWriteAndFlush(contents: Uint8Array): Promise<void> {
    for (let rest = contents; rest.byteLength > 0; ) {
      await this.#untilRoom()
      const size = Math.min(rest.byteLength, Number(this.checkWrite()))
      this.#sink.write(rest.subarray(0, size))
      rest = rest.subarray(size)
    }
  }

  writeZeroes(length: bigint): void {
    this.write(new Uint8Array(Number(length)))
  }

  async blockingWriteZeroesAndFlush(length: bigint): Promise<void> {
    await this.blockingWriteAndFlush(new Uint8Array(Number(length)))
  }

  splice(source: InputStream, length: bigint): bigint {
    const room = this.checkWrite()
    const chunk = source.read(length < room ? length : room)
    if (chunk.byteLength > 0) this.#sink.write(chunk)
    return BigInt(chunk.byteLength)
  }

  async blockingSplice(source: InputStream, length: bigint): Promise<bigint> {
    await this.#untilRoom()
    const room = this.checkWrite()
    const chunk = await source.blockingRead(length < room ? length : room)
    this.#sink.write(chunk)
    return BigInt(chunk.byteLength)
  }

  subscribe(): Pollable {
    return new SourcePollable(this.#context, () => this.#sink.room() !== 0, this.#sink.waiters)
  }

  async #untilRoom(): Promise<void> {
    while (this.#sink.room() === 0) await this.#context.waitFor([this.subscribe()])
    if (this.#sink.room() < 0) throw streamClosed
  }
}
