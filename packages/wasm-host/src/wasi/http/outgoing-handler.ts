import type { HttpErrorCode, OutboundCall, OutboundTransport } from '../../outbound/transport'
import type { GuestContext } from '../../worker/guest-context'
import { ByteQueue } from '../io/input-stream'
import { type Pollable, SourcePollable, Waiters } from '../io/pollable'
import { Fields, type HeaderPair } from './fields'
import { IncomingBody } from './incoming-body'
import { OutgoingRequest, type RequestOptions } from './outgoing-request'

/** `incoming-response`. */
export class IncomingResponse {
  readonly #context: GuestContext
  readonly #status: number
  readonly #headers: HeaderPair[]
  readonly #body: ByteQueue
  #consumed = false

  constructor(context: GuestContext, status: number, headers: HeaderPair[], body: ByteQueue) {
    this.#context = context
    this.#status = status
    this.#headers = headers
    this.#body = body
  }

  status(): number {
    return this.#status
  }

  headers(): Fields {
    return Fields.received(this.#headers)
  }

  consume(): IncomingBody {
    if (this.#consumed) throw { payload: undefined }
    this.#consumed = true
    return new IncomingBody(this.#context, this.#body)
  }
}

type Outcome = { tag: 'ok'; val: IncomingResponse } | { tag: 'err'; val: HttpErrorCode }

/** `future-incoming-response`. */
export class FutureIncomingResponse {
  readonly #context: GuestContext
  readonly #waiters = new Waiters()
  #outcome: Outcome | undefined
  #taken = false

  constructor(context: GuestContext) {
    this.#context = context
  }

  static settle(future: FutureIncomingResponse, outcome: Outcome): boolean {
    if (future.#outcome) return false
    future.#outcome = outcome
    future.#waiters.notify()
    return true
  }

  subscribe(): Pollable {
    return new SourcePollable(this.#context, () => this.#outcome !== undefined, this.#waiters)
  }

  get() {
    if (!this.#outcome) return undefined
    if (this.#taken) return { tag: 'err', val: undefined }
    this.#taken = true
    return { tag: 'ok', val: this.#outcome }
  }
}

const milliseconds = (duration: bigint | undefined): number | undefined =>
  duration === undefined ? undefined : Math.max(1, Number(duration / 1_000_000n))

/** `wasi:http/outgoing-handler`: every call belongs to the request and is aborted with it. */
export function outgoingHandler(context: GuestContext, transport: OutboundTransport) {
  return {
    handle(request: OutgoingRequest, options: RequestOptions | undefined): FutureIncomingResponse {
      const future = new FutureIncomingResponse(context)
      const parts = OutgoingRequest.parts(request)
      if (parts.scheme !== 'http' && parts.scheme !== 'https') throw { tag: 'HTTP-request-URI-invalid' }
      const body = new ByteQueue((bytes) => call.consumed(bytes))
      const sink = {
        waiters: new Waiters(),
        room: () => call.room(),
        write: (chunk: Uint8Array) => call.write(chunk),
        end: () => call.end(),
        abort: () => call.abort(),
      }
      const call: OutboundCall = transport.open(
        {
          ...parts,
          scheme: parts.scheme,
          connectTimeoutMs: milliseconds(options?.connectTimeout()),
          firstByteTimeoutMs: milliseconds(options?.firstByteTimeout()),
          betweenBytesTimeoutMs: milliseconds(options?.betweenBytesTimeout()),
        },
        {
          response: (status, headers) =>
            void FutureIncomingResponse.settle(future, {
              tag: 'ok',
              val: new IncomingResponse(context, status, headers, body),
            }),
          data: (chunk) => body.push(chunk),
          end: () => {
            body.end()
            forget()
          },
          error: (code) => {
            if (!FutureIncomingResponse.settle(future, { tag: 'err', val: code }))
              body.fail(`the outbound response broke off: ${code.tag}`, code)
            sink.waiters.notify()
            forget()
          },
          drain: () => sink.waiters.notify(),
        },
      )
      context.effect()
      const forget = context.onEnd(() => call.abort())
      OutgoingRequest.send(request, sink)
      return future
    },
  }
}
