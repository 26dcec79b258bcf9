import { PfError } from '@pf-agents/agent-core'

const bodyless = new Set(['GET', 'HEAD'])

/** Whether a request can have a body. */
export function mayHaveBody(request: Request): boolean {
  return !bodyless.has(request.method)
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
  return new PfError('PF_REQUEST_TOO_LARGE', `The request body is larger than ${limit} bytes.`, { details: { limit } })
}

/** The request with a body that fails once more bytes than the limit have come, so that nobody can read on. */
export function boundedRequest(request: Request, limit: number): Request {
  const { body } = request
  if (body === null) return request
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  let size = 0
  const bounded = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= body.getReader()
        const { done, value } = await reader.read()
        if (done) return controller.close()
        size += value.byteLength
        if (size <= limit) return controller.enqueue(value)
        const error = tooLarge(limit)
        controller.error(error)
        reader.cancel(error).catch(() => {})
      },
      cancel: (reason) => (reader === undefined ? body.cancel(reason) : reader.cancel(reason)),
    },
    { highWaterMark: 0 },
  )
  const init: RequestInit & { duplex: 'half' } = {
    method: request.method,
    headers: request.headers,
    body: bounded,
    duplex: 'half',
    signal: request.signal,
  }
  return new Request(request.url, init)
}
