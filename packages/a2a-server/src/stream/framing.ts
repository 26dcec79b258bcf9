import {
  type A2AError,
  encodeJsonRpcError,
  encodeRestError,
  type JsonRpcId,
  type WireStreamResponse,
} from '@pf-agents/a2a-protocol'

/** How a binding writes the events of a stream: what goes around the JSON of each, and how it tells an error. */
export interface Framing {
  readonly before: string
  readonly after: string
  /** The header that names the extensions which are turned on, in a version that has another. Default A2A-Extensions. */
  readonly extensionsHeader?: string
  /** Nobody hears the stream: the request was a notification. */
  readonly isUnheard?: boolean
  /** What goes onto the wire for an event, in a version that has another form of it. */
  shape?(event: WireStreamResponse): object
  /** An error in the middle of a stream (the specification is silent): the binding's error under the event name `error`. */
  error(error: A2AError): string
}

/** Each event is a whole response to the request (A2A 1.0, 9.4.2). */
export class JsonRpcFraming implements Framing {
  readonly isUnheard: boolean
  readonly #id: JsonRpcId

  constructor(id: JsonRpcId, isUnheard = false) {
    this.#id = id
    this.isUnheard = isUnheard
  }

  // Made each time: most streams wait most of the time, and it would wait with them.
  get before(): string {
    return `data: {"jsonrpc":"2.0","id":${JSON.stringify(this.#id)},"result":`
  }
  get after(): string {
    return '}\n\n'
  }
  error(error: A2AError): string {
    return errorFrame(encodeJsonRpcError(this.#id, error))
  }
}

/** Each event is bare (11.7). */
export const restFraming: Framing = {
  before: 'data: ',
  after: '\n\n',
  error: (error) => errorFrame(encodeRestError(error).body),
}

function errorFrame(body: object): string {
  return `event: error\ndata: ${JSON.stringify(body)}\n\n`
}
