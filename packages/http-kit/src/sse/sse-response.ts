import { sseHeaders } from './sse-event'
import type { SseStream } from './sse-stream'
import { markTextSource } from './text-source'

/**
 * A response that carries a stream. It is one like any other, but its `Headers` and its body are made when somebody
 * asks for them: a host that takes the text straight never does, and they are a good part of what a short stream costs.
 *
 * @param headers - beside those of every event stream; names in lower case
 */
export function sseResponse(stream: SseStream, headers?: Readonly<Record<string, string>>): Response {
  const all = headers === undefined ? sseHeaders : { ...sseHeaders, ...headers }
  // Not when the module loads: on Node the name `Response` alone loads undici, which takes 20 ms.
  if (Object.getPrototypeOf(SseResponse.prototype) === Object.prototype) makeResponses()
  return markTextSource(new SseResponse(stream, all), stream) as unknown as Response
}

/** Whether a response is one of {@link sseResponse}, still as its route made it. */
export function isSseResponse(
  response: object,
): response is { readonly status: number; readonly untouchedHeaders: Readonly<Record<string, string>> } {
  return response instanceof SseResponse && response.untouchedHeaders !== undefined
}

/** For whoever asks for `instanceof Response`: the host's own class, not one that a server has put over it. */
function makeResponses(): void {
  let own: object = Response.prototype
  for (let above = own; above !== Object.prototype; above = Object.getPrototypeOf(above) as object) own = above
  Object.setPrototypeOf(SseResponse.prototype, own)
}

class SseResponse {
  readonly status = 200
  readonly statusText = ''
  readonly ok = true
  readonly redirected = false
  readonly type = 'default'
  readonly url = ''
  readonly #stream: SseStream
  readonly #headers: Readonly<Record<string, string>>
  #real: Response | undefined

  constructor(stream: SseStream, headers: Readonly<Record<string, string>>) {
    this.#stream = stream
    this.#headers = headers
  }

  /** The headers, as long as nobody can have changed them; `undefined` from then on. */
  get untouchedHeaders(): Readonly<Record<string, string>> | undefined {
    return this.#real === undefined ? this.#headers : undefined
  }

  get #response(): Response {
    return (this.#real ??= new Response(this.#stream.body, { headers: this.#headers }))
  }

  get headers(): Headers {
    return this.#response.headers
  }
  get body(): ReadableStream<Uint8Array> | null {
    return this.#response.body
  }
  get bodyUsed(): boolean {
    return this.#response.bodyUsed
  }
  text(): Promise<string> {
    return this.#response.text()
  }
  json(): Promise<unknown> {
    return this.#response.json()
  }
  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#response.arrayBuffer()
  }
  blob(): Promise<Blob> {
    return this.#response.blob()
  }
  bytes(): Promise<Uint8Array> {
    return this.#response.bytes()
  }
  formData(): Promise<FormData> {
    return this.#response.formData()
  }
  clone(): Response {
    return this.#response.clone()
  }
}
