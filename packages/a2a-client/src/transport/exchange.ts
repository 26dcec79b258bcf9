import { A2A_EXTENSIONS_HEADER, A2A_VERSION, A2A_VERSION_HEADER } from '@pf-agents/a2a-protocol'
import {
  abortableFetch,
  abortReason,
  checkHeader,
  createHeaderForwarder,
  type FetchFunction,
  raceAbort,
  readBody,
} from '@pf-agents/http-kit'
import type { A2AClientOptions, CallOptions, HeaderFields, OutgoingCall } from '../options'
import { networkError } from './errors'
import type { WireRequest, WireResponse } from './wire'

/** Sends one request and reads its response. */
export type Exchange = (request: WireRequest, terms: ExchangeTerms) => Promise<WireResponse>

/** Sends one request; the response is yet to be read. */
export type Sender = (request: WireRequest, terms: ExchangeTerms, fetch?: FetchFunction) => Promise<Response>

/** What holds for one exchange. */
export interface ExchangeTerms {
  signal: AbortSignal
  forwardFrom?: CallOptions['forwardFrom']
  /** Told whether the caller's own headers went along, which makes the answer the caller's own. */
  onPersonal?: (() => void) | undefined
}

/** Largest response where no option says otherwise, bytes. */
export const defaultMaxResponseBytes = 16 * 1024 * 1024

/** What the client's requests are made with. */
export function fetchOf(options: A2AClientOptions): FetchFunction {
  return options.fetch ?? ((url, init) => globalThis.fetch(url, init))
}

/**
 * Makes the one place where requests leave: headers put together and checked. Redirects are not followed: not every
 * target can, and none should with credentials.
 */
export function createSender(options: A2AClientOptions): Sender {
  const { extensions = [] } = options
  const usual = fetchOf(options)
  const forward = createHeaderForwarder(options.forwardHeaders ?? [])
  const protocol: Record<string, string> = { [A2A_VERSION_HEADER.toLowerCase()]: A2A_VERSION }
  if (extensions.length > 0) protocol[A2A_EXTENSIONS_HEADER.toLowerCase()] = extensions.join(',')
  for (const [name, value] of Object.entries(protocol)) checkHeader(name, value)

  return async (request, { signal, forwardFrom, onPersonal }, fetch = usual) => {
    const { url, method, body, operation } = request
    const headers: Record<string, string> = forwardFrom ? forward(forwardFrom) : {}
    if (options.headers) addHeaders(headers, await raceAbort(callHook(options.headers, { url, operation }), signal))
    if (Object.keys(headers).length > 0) onPersonal?.()
    Object.assign(headers, protocol, request.headers)
    if (signal.aborted) throw abortReason(signal)
    try {
      const init = { method, headers, signal, redirect: 'manual' as const, ...(body !== undefined && { body }) }
      return await abortableFetch(fetch, url, init)
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : networkError(error, url)
    }
  }
}

/** Makes an exchange: the response is read to its end, within its bound. */
export function createExchange(options: A2AClientOptions, send: Sender = createSender(options)): Exchange {
  const { maxResponseBytes = defaultMaxResponseBytes } = options
  return async (request, terms) => readResponse(await send(request, terms), request.url, maxResponseBytes, terms.signal)
}

/** Reads a response to its end. @throws PfError PF_REMOTE_RESPONSE where it is larger than `limit` bytes, PF_HTTP_FAILED */
export async function readResponse(
  response: Response,
  url: string,
  limit: number,
  signal: AbortSignal,
): Promise<WireResponse> {
  try {
    const bytes = await readBody(response, limit, { signal, code: 'PF_REMOTE_RESPONSE' })
    return { status: response.status, headers: response.headers, bytes }
  } catch (error) {
    throw signal.aborted ? abortReason(signal) : networkError(error, url)
  }
}

async function callHook(hook: NonNullable<A2AClientOptions['headers']>, call: OutgoingCall): Promise<HeaderFields> {
  return hook(call)
}

function addHeaders(to: Record<string, string>, fields: HeaderFields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    checkHeader(name, value)
    to[name.toLowerCase()] = value
  }
}
