import type { GuestContext } from '../../worker/guest-context'
import type { ByteQueue } from '../io/input-stream'
import { Fields, type HeaderPair } from './fields'
import { IncomingBody } from './incoming-body'
import { methodVariant, schemeVariant, type Variant } from './variants'

/** What the host knows of a request when it starts the guest. */
export interface RequestHead {
  method: string
  scheme: string
  authority: string
  /** Path with query, as received. */
  path: string
  headers: readonly HeaderPair[]
}

/** `incoming-request`. */
export class IncomingRequest {
  readonly #context: GuestContext
  readonly #head: RequestHead
  readonly #body: ByteQueue
  #consumed = false

  constructor(context: GuestContext, head: RequestHead, body: ByteQueue) {
    this.#context = context
    this.#head = head
    this.#body = body
  }

  method(): Variant {
    return methodVariant(this.#head.method)
  }

  pathWithQuery(): string {
    return this.#head.path
  }

  scheme(): Variant {
    return schemeVariant(this.#head.scheme)
  }

  authority(): string {
    return this.#head.authority
  }

  headers(): Fields {
    return Fields.received(this.#head.headers)
  }

  consume(): IncomingBody {
    if (this.#consumed) throw { payload: undefined }
    this.#consumed = true
    return new IncomingBody(this.#context, this.#body)
  }
}
