import { A2A_EXTENSIONS_HEADER, type A2AError, retryAfterHeader } from '@pf-agents/a2a-protocol'
import { PfError, type RequestInfo } from '@pf-agents/agent-core'
import { parseJson } from '@pf-agents/http-kit'
import { A2AError as ProtocolError } from '@pf-agents/a2a-protocol'

const jsonInit: ResponseInit = { headers: { 'content-type': 'application/json' } }

/**
 * A JSON answer. Where nothing about it is special, its headers are one constant object: Node's adapter writes such as they
 * are. With a content type it is one of HTTP+JSON, which a shared cache might keep where it was asked for by GET and the
 * credentials are in a header that it does not know.
 */
export function jsonAnswer(
  body: object,
  extensions: readonly string[],
  status = 200,
  contentType?: string,
  error?: A2AError,
): Response {
  const text = JSON.stringify(body)
  if (extensions.length === 0 && status === 200 && contentType === undefined && error === undefined)
    return new Response(text, jsonInit)
  const headers: Record<string, string> = {
    'content-type': contentType ?? 'application/json',
    'cache-control': 'no-store',
  }
  if (extensions.length > 0) headers[A2A_EXTENSIONS_HEADER.toLowerCase()] = extensions.join(', ')
  const retryAfter = error && retryAfterHeader(error)
  if (retryAfter !== undefined) headers['retry-after'] = retryAfter
  return new Response(text, { status, headers })
}

/** Parses a body; what is no JSON is told so in A2A's words. */
export function parseBody(bytes: Uint8Array, { jsonValues }: RequestInfo): unknown {
  try {
    return parseJson(bytes, { maxValues: jsonValues })
  } catch (error) {
    if (!PfError.is(error, 'PF_REQUEST_INVALID')) throw error
    throw new ProtocolError('JSONParseError', { message: error.message })
  }
}
