import type { IncomingMessage } from 'node:http'
import type { FetchContext } from '../app'

/** What Node's HTTP server knows of a request. Nothing is read before it is asked for. */
export class NodeContext implements FetchContext {
  // Node's parser hands on exactly the bytes that Content-Length promises, and refuses it beside Transfer-Encoding.
  readonly framed = true
  readonly #incoming: IncomingMessage

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming
  }

  get remoteAddress(): string | undefined {
    return this.#incoming.socket.remoteAddress
  }
}
