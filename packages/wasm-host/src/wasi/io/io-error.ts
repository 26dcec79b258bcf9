/** `wasi:io/error.error`: a failed stream operation, with the HTTP error code behind it where there is one. */
export class IoError {
  readonly message: string
  readonly httpCode: { tag: string; val?: unknown } | undefined

  constructor(message: string, httpCode?: { tag: string; val?: unknown }) {
    this.message = message
    this.httpCode = httpCode
  }

  toDebugString(): string {
    return this.message
  }
}

/** The stream errors of `wasi:io/streams`, in the form the generated bindings take: the variant itself, thrown. */
export const streamClosed = { tag: 'closed' } as const

export function streamFailed(
  message: string,
  httpCode?: { tag: string; val?: unknown },
): { tag: 'last-operation-failed'; val: IoError } {
  return { tag: 'last-operation-failed', val: new IoError(message, httpCode) }
}
