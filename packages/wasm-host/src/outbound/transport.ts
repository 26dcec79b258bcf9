import type { HeaderPair } from '../wasi/http/fields'

/** An error code of `wasi:http/types`. */
export interface HttpErrorCode {
  tag: string
  val?: unknown
}

export interface OutboundRequest {
  method: string
  scheme: 'http' | 'https'
  /** host[:port] */
  authority: string
  path: string
  headers: HeaderPair[]
  /** Milliseconds; absent means none beyond the request's own limit. */
  connectTimeoutMs?: number | undefined
  firstByteTimeoutMs?: number | undefined
  betweenBytesTimeoutMs?: number | undefined
}

/** What happens to an outbound call; each is called from the thread's own event loop. */
export interface OutboundEvents {
  response(status: number, headers: HeaderPair[]): void
  data(chunk: Uint8Array): void
  end(): void
  error(code: HttpErrorCode): void
  /** The request body has room again. */
  drain(): void
}

/** A running outbound call. */
export interface OutboundCall {
  /** Bytes of the request body that may be written now; -1 once the call is over. */
  room(): number
  write(chunk: Uint8Array): void
  end(): void
  /** The guest has taken this many bytes of the response body. */
  consumed(bytes: number): void
  abort(): void
}

/** Opens outbound calls for guests, inside what the app is allowed to reach. */
export interface OutboundTransport {
  /** Starts a call; throws an {@link HttpErrorCode} when the app may not make it. */
  open(request: OutboundRequest, events: OutboundEvents): OutboundCall
}
