import type { GuestContext } from '../../worker/guest-context'
import { OutputStream, type ByteSink } from '../io/output-stream'
import type { Fields } from './fields'

/** What an outgoing body writes into: a sink that can be ended well or broken off. */
export interface BodySink extends ByteSink {
  end(): void
  /** The guest dropped the body without finishing it. */
  abort(): void
}

/** `outgoing-body`: gives its stream once; dropped without `finish` it is a broken body. */
export class OutgoingBody {
  readonly #context: GuestContext
  readonly #sink: BodySink
  #taken = false
  #finished = false

  constructor(context: GuestContext, sink: BodySink) {
    this.#context = context
    this.#sink = sink
  }

  write(): OutputStream {
    if (this.#taken) throw { payload: undefined }
    this.#taken = true
    return new OutputStream(this.#context, this.#sink)
  }

  /** Ends the body. Trailers are accepted and dropped: neither side of this host carries them. */
  static finish(body: OutgoingBody, _trailers?: Fields): void {
    body.#finished = true
    body.#sink.end()
  }

  [Symbol.dispose](): void {
    if (!this.#finished) this.#sink.abort()
  }
}
