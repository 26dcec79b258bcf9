import { PfError } from '@pf-agents/agent-core'
import { abortReason } from '../time/abort'

/** What a body can be read from: a Request or a Response. */
export interface BodySource {
  readonly headers: { get(name: string): string | null }
  readonly body: ReadableStream<Uint8Array> | null
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Options of {@link readBody}. */
export interface ReadBodyOptions {
  /** Ends the reading: the stream is canceled and the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /**
   * Whether whoever parsed the message made sure that the body is as long as `Content-Length` says, as Node's HTTP
   * server and `wasi:http` hosts do. Then a body with a length within the limit is read in one go, which on
   * `@hono/node-server` doubles the requests per second that its stream allows. Default false: every byte is counted.
   */
  framed?: boolean | undefined
  /** Code of the error over the limit. Default PF_REQUEST_TOO_LARGE; use PF_REMOTE_RESPONSE for a peer's response. */
  code?: 'PF_REQUEST_TOO_LARGE' | 'PF_REMOTE_RESPONSE' | undefined
  /** Called for every chunk, to restart an idle timeout. */
  onChunk?: (() => void) | undefined
}

/**
 * Reads a body of at most `limit` bytes. A larger `Content-Length` is refused before a byte is read; without one, the
 * bytes are counted, and the stream is canceled with the chunk that goes over. Never holds more than the limit and
 * that one chunk.
 *
 * @param limit - bytes
 * @throws PfError PF_REQUEST_TOO_LARGE (or `options.code`) with `details: { limit }`
 *
 * @example
 * ```ts
 * const bytes = await readBody(request, 1024 * 1024)
 * ```
 */
export async function readBody(source: BodySource, limit: number, options: ReadBodyOptions = {}): Promise<Uint8Array> {
  const { signal, onChunk } = options
  const length = contentLength(source.headers)
  if (signal?.aborted || (length !== undefined && length > limit)) {
    discard(source)
    if (signal?.aborted) throw abortReason(signal)
    throw tooLarge(limit, options.code)
  }
  // Reading `body` alone makes @hono/node-server build its slow full request: not before the fast path.
  if (options.framed && length !== undefined && !signal && !source.headers.get('transfer-encoding')) {
    return new Uint8Array(await source.arrayBuffer())
  }
  const stream = source.body
  if (!stream) return new Uint8Array(0)

  const reader = stream.getReader()
  const stop = (reason: unknown) => void reader.cancel(reason).catch(() => {})
  // Canceling settles the read that is pending, so that no race is needed.
  const onAbort = () => stop(abortReason(signal as AbortSignal))
  signal?.addEventListener('abort', onAbort)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (signal?.aborted) throw abortReason(signal)
      if (done) break
      size += value.byteLength
      if (size > limit) {
        const error = tooLarge(limit, options.code)
        stop(error)
        throw error
      }
      chunks.push(value)
      onChunk?.()
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    reader.releaseLock()
  }
  return join(chunks, size)
}

/** Tells the sender that nobody will read this body. Never throws. */
export function discard(source: { readonly body: ReadableStream<Uint8Array> | null }): void {
  try {
    source.body?.cancel().catch(() => {})
  } catch {
    // A body that is locked or was read has nothing left to cancel.
  }
}

function contentLength(headers: BodySource['headers']): number | undefined {
  const value = headers.get('content-length')
  // A malformed length counts as none: then the bytes are counted.
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

function tooLarge(limit: number, code: ReadBodyOptions['code'] = 'PF_REQUEST_TOO_LARGE'): PfError {
  const text =
    code === 'PF_REMOTE_RESPONSE'
      ? `The peer's response is larger than ${limit} bytes.`
      : `The request body is larger than ${limit} bytes. Send less at once, or raise limits.bodyBytes of the app.`
  return new PfError(code, text, { details: { limit } })
}
