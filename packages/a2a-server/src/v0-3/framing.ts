import {
  type A2AError,
  encodeV03JsonRpcError,
  encodeV03RestError,
  type JsonRpcId,
  toV03Event,
  type V03Form,
  V03_EXTENSIONS_HEADER,
  type WireStreamResponse,
} from '@pf-agents/a2a-protocol'
import type { Framing } from '../stream/framing'

/** Each event is a whole response to the request, its result the bare object. */
export class V03RpcFraming implements Framing {
  readonly after = '}\n\n'
  readonly isUnheard: boolean
  readonly #id: JsonRpcId

  constructor(id: JsonRpcId, isUnheard = false) {
    this.#id = id
    this.isUnheard = isUnheard
  }

  get extensionsHeader(): string {
    return V03_EXTENSIONS_HEADER
  }
  get before(): string {
    return `data: {"jsonrpc":"2.0","id":${JSON.stringify(this.#id)},"result":`
  }
  shape(event: WireStreamResponse): object {
    return toV03Event(event, 'kind')
  }
  /** Without an event name: clients of 0.3 look for the error in the response. */
  error(error: A2AError): string {
    return `data: ${JSON.stringify(encodeV03JsonRpcError(this.#id, error))}\n\n`
  }
}

/** Each event is bare, in the form of the request. */
export class V03RestFraming implements Framing {
  readonly before = 'data: '
  readonly after = '\n\n'
  readonly extensionsHeader = V03_EXTENSIONS_HEADER
  readonly #form: V03Form

  constructor(form: V03Form) {
    this.#form = form
  }

  shape(event: WireStreamResponse): object {
    return toV03Event(event, this.#form)
  }
  error(error: A2AError): string {
    return `event: error\ndata: ${JSON.stringify(encodeV03RestError(error).body)}\n\n`
  }
}
