import { PfError } from '@pf-agents/agent-core'

/**
 * What a thrown `fetch` says of the request:
 * `refused`: no connection came about, so that the peer saw nothing of it; `network`: the connection failed, and the
 * peer may have seen it or not; `other`: not about the network (an abort, a denied address, a bug).
 */
export type FetchFailure = 'refused' | 'network' | 'other'

const refusedCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ConnectionRefused',
])

/**
 * Tells from an error of `fetch` whether the request can have reached the peer.
 * Only an error that says so counts as `refused`: inside a component the cause is not known, and so it is `network`.
 */
export function fetchFailure(error: unknown): FetchFailure {
  if (!(error instanceof Error) || PfError.is(error)) return 'other'
  const cause = error.cause
  if (isRefused(error) || isRefused(cause)) return 'refused'
  if (cause instanceof AggregateError && cause.errors.length > 0 && cause.errors.every(isRefused)) return 'refused'
  // WHATWG fetch: every failure of the network is a TypeError, but so are malformed arguments. Only the text tells them
  // apart: Node says `fetch failed` or `terminated`, StarlingMonkey says NetworkError and gives no cause.
  if (error instanceof TypeError && /fetch failed|terminated|network/i.test(error.message)) return 'network'
  return hasCode(error) && !error.code.startsWith('ERR_') ? 'network' : 'other'
}

function isRefused(error: unknown): boolean {
  if (!hasCode(error)) return false
  return (
    refusedCodes.has(error.code) ||
    ((error as { syscall?: unknown }).syscall === 'connect' && error.code === 'ETIMEDOUT')
  )
}

function hasCode(error: unknown): error is { code: string } {
  return typeof error === 'object' && error !== null && typeof (error as { code?: unknown }).code === 'string'
}
