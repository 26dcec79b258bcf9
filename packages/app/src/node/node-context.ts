import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Arrival, FetchContext } from '../app'
import { lengthOf } from '../bounded-request'
import { readIncoming } from './read-incoming'
import { sendStraight } from './send-straight'

/** What Node's HTTP server knows of a request. Nothing is read before it is asked for. */
export class NodeContext implements FetchContext {
  /** Whether the response may have a body that goes straight to the connection. */
  isStreamed = false
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  /** What the adapter is to be told where the response is on its way before the app has returned it. */
  sent: Response | undefined

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#incoming = incoming
    this.#outgoing = outgoing
  }

  /** Express and Connect take the mount path off the URL, and leave it here. */
  get basePath(): string | undefined {
    return (this.#incoming as { baseUrl?: string }).baseUrl
  }

  get remoteAddress(): string | undefined {
    return this.#incoming.socket.remoteAddress
  }

  /** Node's parser hands on exactly the bytes that Content-Length promises, and refuses it beside Transfer-Encoding. */
  get bodyLength(): number | undefined {
    return lengthOf(this.#incoming.headers['content-length'])
  }

  /** Node has read the headers already; a `Headers` object of them is one more copy. */
  header(name: string): string | null {
    const value = this.#incoming.headers[name]
    return typeof value === 'string' ? value : (value?.join(', ') ?? null)
  }

  /** Straight from the socket: the stream of a `Request` costs as much as all the rest of a small request. */
  readBody(limit: number, arrival: Arrival): Promise<Uint8Array> {
    return readIncoming(this.#incoming, limit, arrival)
  }

  whenGone(listener: () => void): () => void {
    const outgoing = this.#outgoing
    // A response that was sent closes, too.
    const onClose = (): void => {
      if (!outgoing.writableFinished) listener()
    }
    if (outgoing.closed) onClose()
    outgoing.on('close', onClose)
    return () => void outgoing.off('close', onClose)
  }

  streamed(): void {
    this.isStreamed = true
  }

  sendNow(response: Response): boolean {
    const sent = this.stream(response)
    if (sent === response) return false
    this.sent = sent
    return true
  }

  /** Sends a response whose body can go straight to the connection. Any other is given back. */
  stream(response: Response): Response {
    return sendStraight(response, this.#outgoing)
  }
}
