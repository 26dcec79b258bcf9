import { A2A_EXTENSIONS_HEADER, A2A_VERSION, A2A_VERSION_HEADER } from '@pf-agents/a2a-protocol'
import {
  abortableFetch,
  abortReason,
  checkHeader,
  createHeaderForwarder,
  raceAbort,
  readBody,
} from '@pf-agents/http-kit'
import type { A2AClientOptions, CallOptions, HeaderFields, OutgoingCall } from '../options'
import { networkError } from './errors'
import type { WireRequest, WireResponse } from './wire'

/** Sends one request and reads its response. */
export type Exchange = (request: WireRequest, terms: ExchangeTerms) => Promise<WireResponse>

/** What holds for one exchange. */
export interface ExchangeTerms {
  signal: AbortSignal
  forwardFrom?: CallOptions['forwardFrom']
  /** Told whether the caller's own headers went along, which makes the answer the caller's own. */
  onPersonal?: (() => void) | undefined
}

/**
 * Makes the one place where requests leave: headers put together and checked, the response read within its bound.
 * Redirects are not followed: not every target can, and none should with credentials.
 */
export function createExchange(options: A2AClientOptions): Exchange {
  const { maxResponseBytes = 16 * 1024 * 1024, extensions = [] } = options
  const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  const forward = createHeaderForwarder(options.forwardHeaders ?? [])
  const protocol: Record<string, string> = { [A2A_VERSION_HEADER.toLowerCase()]: A2A_VERSION }
  if (extensions.length > 0) protocol[A2A_EXTENSIONS_HEADER.toLowerCase()] = extensions.join(',')
  for (const [name, value] of Object.entries(protocol)) checkHeader(name, value)

  return async (request, { signal, forwardFrom, onPersonal }) => {
    const { url, method, body, operation } = request
    const headers: Record<string, string> = forwardFrom ? forward(forwardFrom) : {}
    if (options.headers) addHeaders(headers, await raceAbort(callHook(options.headers, { url, operation }), signal))
    if (Object.keys(headers).length > 0) onPersonal?.()
    Object.assign(headers, protocol, request.headers)
    if (signal.aborted) throw abortReason(signal)
    try {
      const init = { method, headers, signal, redirect: 'manual' as const, ...(body !== undefined && { body }) }
      const response = await abortableFetch(fetch, url, init)
      const bytes = await readBody(response, maxResponseBytes, { signal, code: 'PF_REMOTE_RESPONSE' })
      return { status: response.status, headers: response.headers, bytes }
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : networkError(error, url)
    }
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
