import type { GuestContext } from '../../worker/guest-context'
import { DeferredSink } from './deferred-sink'
import { Fields } from './fields'
import { OutgoingBody, type BodySink } from './outgoing-body'

/** Where the host takes a guest's answer: the head once, then the body. */
export interface ResponseTarget extends BodySink {
  head(status: number, headers: [string, string][]): void
  /** The guest answered with an error code of wasi:http instead of a response. */
  error(code: { tag: string; val?: unknown }): void
}

/** `outgoing-response`. */
export class OutgoingResponse {
  readonly #context: GuestContext
  readonly #headers: Fields
  #status = 200
  #sink: DeferredSink | undefined

  constructor(context: GuestContext, headers: Fields) {
    this.#context = context
    this.#headers = headers
  }

  statusCode(): number {
    return this.#status
  }

  setStatusCode(status: number): void {
    if (status < 100 || status > 999) throw { payload: undefined }
    this.#status = status
  }

  headers(): Fields {
    return this.#headers
  }

  body(): OutgoingBody {
    if (this.#sink) throw { payload: undefined }
    this.#sink = new DeferredSink()
    return new OutgoingBody(this.#context, this.#sink)
  }

  /** Sends the head, then lets the body through. */
  static send(response: OutgoingResponse, target: ResponseTarget): void {
    target.head(response.#status, Fields.pairs(response.#headers))
    if (!response.#sink) target.end()
    else response.#sink.connect(target)
  }
}

/** `response-outparam`: takes the one answer of a request. */
export class ResponseOutparam {
  readonly #target: ResponseTarget
  #set = false

  constructor(target: ResponseTarget) {
    this.#target = target
  }

  static set(
    param: ResponseOutparam,
    response: { tag: 'ok'; val: OutgoingResponse } | { tag: 'err'; val: { tag: string; val?: unknown } },
  ): void {
    if (param.#set) throw new Error('the guest set its response twice')
    param.#set = true
    if (response.tag === 'ok') OutgoingResponse.send(response.val, param.#target)
    else param.#target.error(response.val)
  }
}
