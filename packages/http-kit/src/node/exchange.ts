import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { abortReason } from '../time/abort'
import { bareHost } from './outbound-guard'
import type { OutgoingBody } from './request-body'

/** One request to send. */
export interface ExchangeRequest {
  url: URL
  method: string
  headers: Headers
  body: OutgoingBody['content']
  signal: AbortSignal | undefined
  lookup: LookupFunction
  agent: http.Agent
}

// The connection is ours to describe; a Host of the caller's could reach another site than the one that was checked.
const ownHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const nullBodyStatuses = new Set([101, 103, 204, 205, 304])

/**
 * Sends one request over node:http or node:https and answers as `fetch` does, redirects left alone.
 * An abort ends it with the signal's reason at any time; network failures are a TypeError with the cause.
 */
export function exchange(request: ExchangeRequest): Promise<Response> {
  const { url, signal, body } = request
  return new Promise<Response>((resolve, reject) => {
    if (signal?.aborted) return reject(abortReason(signal))
    const headers: Record<string, string> = { host: url.host }
    request.headers.forEach((value, name) => {
      if (!ownHeaders.has(name)) headers[name] = value
    })
    // Compressing what is streamed costs latency; what comes compressed all the same is decoded.
    headers['accept-encoding'] ??= 'identity'
    if (body instanceof Uint8Array) headers['content-length'] = String(body.byteLength)
    else if (!body && /^(?:POST|PUT|PATCH)$/.test(request.method)) headers['content-length'] = '0'

    const outgoing = (url.protocol === 'https:' ? https : http).request({
      hostname: bareHost(url),
      port: url.port,
      path: url.pathname + url.search,
      method: request.method,
      headers,
      agent: request.agent,
      lookup: request.lookup,
    })
    const onAbort = () => outgoing.destroy(abortReason(signal as AbortSignal) as Error)
    signal?.addEventListener('abort', onAbort)
    outgoing.once('close', () => signal?.removeEventListener('abort', onAbort))

    const failure = (error: unknown) => (signal?.aborted ? abortReason(signal) : error)
    outgoing.on('error', (error) => reject(failure(networkError(error))))
    outgoing.once('response', (incoming) => {
      try {
        resolve(toResponse(request, incoming, failure))
      } catch (error) {
        outgoing.destroy()
        reject(networkError(error))
      }
    })
    if (body instanceof Readable) pipeline(body, outgoing, (error) => error && outgoing.destroy(error))
    else outgoing.end(body)
  })
}

function toResponse(
  request: ExchangeRequest,
  incoming: IncomingMessage,
  failure: (error: unknown) => unknown,
): Response {
  const headers = new Headers()
  for (let at = 0; at < incoming.rawHeaders.length; at += 2)
    headers.append(incoming.rawHeaders[at] as string, incoming.rawHeaders[at + 1] as string)
  const status = incoming.statusCode as number
  const init = { status, statusText: incoming.statusMessage ?? '', headers }
  if (nullBodyStatuses.has(status) || request.method === 'HEAD') {
    incoming.resume()
    return located(new Response(null, init), request.url)
  }
  const decoder = decoderFor(headers.get('content-encoding'))
  if (decoder) {
    headers.delete('content-encoding')
    headers.delete('content-length')
    pipeline(incoming, decoder, () => {})
  }
  return located(
    new Response(
      webBody(decoder ?? incoming, () => incoming.destroy(), failure),
      init,
    ),
    request.url,
  )
}

function decoderFor(encoding: string | null) {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      return undefined
  }
}

/** A web stream over a Node stream, with back-pressure; errors become what `failure` makes of them. */
function webBody(source: Readable, stop: () => void, failure: (error: unknown) => unknown): ReadableStream<Uint8Array> {
  let over = false
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = (error?: unknown) => {
          if (over) return
          over = true
          if (error === undefined) controller.close()
          else controller.error(failure(networkError(error, 'terminated')))
        }
        source.on('data', (chunk: Buffer) => {
          if (over) return
          controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
          if ((controller.desiredSize ?? 0) <= 0) source.pause()
        })
        source.on('end', () => end())
        source.on('error', end)
        source.on('close', () => end(new Error('The connection closed before the response was complete')))
        source.pause()
      },
      pull() {
        source.resume()
      },
      cancel() {
        over = true
        stop()
      },
    },
    { highWaterMark: 65_536, size: (chunk) => chunk?.byteLength ?? 0 },
  )
}

/** `fetch` says where a response is from; the constructor can't be told. */
function located(response: Response, url: URL): Response {
  return Object.defineProperty(response, 'url', { value: url.href.split('#')[0] })
}

/** As `fetch` fails: a TypeError with the cause. What is an error of this SDK already stays as it is. */
function networkError(error: unknown, message = 'fetch failed'): unknown {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('PF_')
    ? error
    : new TypeError(message, { cause: error })
}
