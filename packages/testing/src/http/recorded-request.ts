import { recordBytes } from './bytes'
import type { RecordedRequest } from './cassette'
import { redactBinary, type Redactor } from './redact'

/** A request in two forms: to be kept or compared, and to be sent on. */
export interface OpenedRequest {
  recorded: RecordedRequest
  url: string
  init: RequestInit
  signal: AbortSignal | undefined
}

/** Reads a request. The signal stays out of `Request`: StarlingMonkey traps on it. */
export async function openRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
  redactor: Redactor,
): Promise<OpenedRequest> {
  const { signal: given, ...rest } = init ?? {}
  const signal = given ?? (typeof input === 'object' && 'signal' in input ? input.signal : undefined)
  const request = new Request(input, rest)
  const bytes = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
  const { method, headers, url } = request
  // Headers and address first: what they hold is taken out of the body too.
  const kept = { method, headers: redactor.headers(headers), url: redactor.url(url) }
  const body = bytes !== undefined && bytes.length > 0 ? bytes : undefined
  return {
    recorded: { ...kept, ...(body && { body: recordBody(body, redactor) }) },
    url,
    init: { method, headers, ...(body && { body }), ...(signal && { signal }) },
    signal,
  }
}

function recordBody(bytes: Uint8Array, redactor: Redactor): NonNullable<RecordedRequest['body']> {
  const recorded = recordBytes(bytes)
  if (!('text' in recorded)) return redactBinary(recorded, redactor)
  const text = redactor.text(recorded.text)
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return { text }
  }
}
