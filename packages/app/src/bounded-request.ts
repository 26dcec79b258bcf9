import { PfError } from '@pf-agents/agent-core'

/** Whether a request can have a body. */
export function mayHaveBody(request: Request): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD'
}

/** The length that headers say a body has; `undefined` where they say none that can be read. */
export function declaredLength(headers: { get(name: string): string | null }): number | undefined {
  return lengthOf(headers.get('content-length'))
}

/** A `Content-Length` as a number. */
export function lengthOf(value: string | null | undefined): number | undefined {
  return value != null && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** The error for a body over the limit. */
export function tooLarge(limit: number): PfError {
  return new PfError(
    'PF_REQUEST_TOO_LARGE',
    `The request body is larger than ${limit} bytes. Send less at once, or raise limits.bodyBytes of the app.`,
    { details: { limit } },
  )
}

/** The error for a body that does not come to its end: the client's own doing, and nobody's failure. */
export function clientGone(cause: unknown): PfError {
  return new PfError('PF_REQUEST_INVALID', 'The client went away before it had sent the whole request.', { cause })
}

const readers = ['arrayBuffer', 'blob', 'bytes', 'clone', 'formData', 'json', 'text'] as const

/**
 * Makes every way to read a request's body fail once more bytes than the limit have come. Nothing of the body is touched
 * before somebody reads it: hosts that have a shorter way to it must find it as it came.
 */
export function boundBody(request: Request, limit: number): void {
  const prototype = Object.getPrototypeOf(request) as Request
  let bounded: Request | undefined
  const replacement = (): Request =>
    (bounded ??= withBoundedBody(request, Reflect.get(prototype, 'body', request), limit))
  Object.defineProperty(request, 'body', { configurable: true, get: () => replacement().body })
  Object.defineProperty(request, 'bodyUsed', { configurable: true, get: () => bounded?.bodyUsed ?? false })
  for (const name of readers) {
    if (name in prototype)
      Object.defineProperty(request, name, { configurable: true, value: () => replacement()[name]() })
  }
}

function withBoundedBody(request: Request, body: ReadableStream<Uint8Array> | null, limit: number): Request {
  const init: RequestInit & { duplex?: 'half' } = {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
  }
  if (body !== null) {
    init.body = boundedStream(body, limit)
    init.duplex = 'half'
  }
  return new Request(request.url, init)
}

function boundedStream(body: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let size = 0
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) return controller.close()
      size += value.byteLength
      if (size <= limit) return controller.enqueue(value)
      const error = tooLarge(limit)
      controller.error(error)
      reader.cancel(error).catch(() => {})
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
