import type { GuestContext } from '../../worker/guest-context'
import { DeferredSink } from './deferred-sink'
import { Fields, type HeaderPair } from './fields'
import { type BodySink, OutgoingBody } from './outgoing-body'
import { methodName, schemeName, type Variant } from './variants'

/** An authority as RFC 3986 has it, without user information. */
const AUTHORITY = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9\-._~%!$&'()*+,;=]+)(:\d{0,5})?$/

/** `outgoing-request`. */
export class OutgoingRequest {
  readonly #context: GuestContext
  readonly #headers: Fields
  #method: Variant = { tag: 'get' }
  #path: string | undefined
  #scheme: Variant | undefined
  #authority: string | undefined
  #sink: DeferredSink | undefined

  constructor(context: GuestContext, headers: Fields) {
    this.#context = context
    this.#headers = headers
  }

  body(): OutgoingBody {
    if (this.#sink) throw { payload: undefined }
    this.#sink = new DeferredSink()
    return new OutgoingBody(this.#context, this.#sink)
  }

  method(): Variant {
    return this.#method
  }

  setMethod(method: Variant): void {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(methodName(method))) throw { payload: undefined }
    this.#method = method
  }

  pathWithQuery(): string | undefined {
    return this.#path
  }

  setPathWithQuery(path: string | undefined): void {
    if (path !== undefined && /[\s\x00-\x1f\x7f]/.test(path)) throw { payload: undefined }
    this.#path = path
  }

  scheme(): Variant | undefined {
    return this.#scheme
  }

  setScheme(scheme: Variant | undefined): void {
    this.#scheme = scheme
  }

  authority(): string | undefined {
    return this.#authority
  }

  setAuthority(authority: string | undefined): void {
    if (authority !== undefined && !AUTHORITY.test(authority)) throw { payload: undefined }
    this.#authority = authority
  }

  headers(): Fields {
    return this.#headers
  }

  /** What goes on the wire. */
  static parts(request: OutgoingRequest): {
    method: string
    scheme: string
    authority: string
    path: string
    headers: HeaderPair[]
  } {
    return {
      method: methodName(request.#method),
      scheme: request.#scheme ? schemeName(request.#scheme) : 'https',
      authority: request.#authority ?? '',
      path: request.#path || '/',
      headers: Fields.pairs(request.#headers),
    }
  }

  /** Lets the body through to `sink`; a request whose body was never asked for has none. */
  static send(request: OutgoingRequest, sink: BodySink): void {
    if (request.#sink) request.#sink.connect(sink)
    else sink.end()
  }
}

/** `request-options`: durations in nanoseconds. */
export class RequestOptions {
  #connect: bigint | undefined
  #firstByte: bigint | undefined
  #betweenBytes: bigint | undefined

  connectTimeout(): bigint | undefined {
    return this.#connect
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration
  }
}
