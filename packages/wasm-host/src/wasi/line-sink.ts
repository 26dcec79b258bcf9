import { Waiters } from './io/pollable'
import type { ByteSink } from './io/output-stream'

/** A line longer than this is cut, so that a guest can't hold host memory with one endless line. */
const MAX_LINE = 16 * 1024

/** Turns a guest's stdout or stderr into whole lines. */
export class LineSink implements ByteSink {
  readonly waiters = new Waiters()
  readonly #decoder = new TextDecoder()
  readonly #onLine: (line: string) => void
  #pending = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  room(): number {
    return 64 * 1024
  }

  write(chunk: Uint8Array): void {
    this.#pending += this.#decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = this.#pending.indexOf('\n'); end >= 0; end = this.#pending.indexOf('\n', from)) {
      this.#onLine(this.#pending.slice(from, end))
      from = end + 1
    }
    this.#pending = this.#pending.slice(from)
    if (this.#pending.length > MAX_LINE) this.finish()
  }

  /** Hands out what has no line end yet. */
  finish(): void {
    if (this.#pending) this.#onLine(this.#pending)
    this.#pending = ''
  }
}
