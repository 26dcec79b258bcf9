import type { GuestContext } from '../../worker/guest-context'
import { type ByteQueue, InputStream } from '../io/input-stream'
import { Pollable } from '../io/pollable'

/** `future-trailers`: this host passes no trailers on, so the answer is always "none". */
export class FutureTrailers {
  readonly #context: GuestContext
  #taken = false

  constructor(context: GuestContext) {
    this.#context = context
  }

  subscribe(): Pollable {
    return new Pollable(this.#context)
  }

  get() {
    if (this.#taken) return { tag: 'err', val: undefined }
    this.#taken = true
    return { tag: 'ok', val: { tag: 'ok', val: undefined } }
  }
}

/** `incoming-body`: gives its stream once. */
export class IncomingBody {
  readonly #context: GuestContext
  readonly #queue: ByteQueue
  #taken = false

  constructor(context: GuestContext, queue: ByteQueue) {
    this.#context = context
    this.#queue = queue
  }

  stream(): InputStream {
    if (this.#taken) throw { payload: undefined }
    this.#taken = true
    return new InputStream(this.#context, this.#queue)
  }

  static finish(body: IncomingBody): FutureTrailers {
    return new FutureTrailers(body.#context)
  }
}
