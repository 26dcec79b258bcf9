import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'

/** A request's body, ready to be sent. */
export interface OutgoingBody {
  /** Content type that goes with the kind of body, where the caller gives none. */
  contentType: string | undefined
  /** The whole body, or a stream of it that can be sent once. */
  content: Uint8Array | Readable | undefined
}

/** Makes any body `fetch` takes ready to be sent. */
export function outgoingBody(body: RequestInit['body']): OutgoingBody {
  if (body === undefined || body === null) return { contentType: undefined, content: undefined }
  if (typeof body === 'string') return { contentType: 'text/plain;charset=UTF-8', content: Buffer.from(body) }
  if (body instanceof Uint8Array) return { contentType: undefined, content: body }
  if (body instanceof ArrayBuffer) return { contentType: undefined, content: new Uint8Array(body) }
  if (body instanceof URLSearchParams) {
    return { contentType: 'application/x-www-form-urlencoded;charset=UTF-8', content: Buffer.from(body.toString()) }
  }
  // Blob, FormData, other views and streams: the platform knows how to turn them into bytes.
  const response = new Response(body)
  return {
    contentType: response.headers.get('content-type') ?? undefined,
    content: response.body ? Readable.fromWeb(response.body as WebStream) : undefined,
  }
}
