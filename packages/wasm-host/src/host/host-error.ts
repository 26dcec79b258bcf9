/** Answers the host gives itself, as JSON, when a guest can't. Codes and statuses are agent-core's. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorCode } from '@pf-agents/agent-core'
import type { Exchange } from './exchange'

export interface HostError {
  status: number
  code: ErrorCode
  message: string
  retryAfter?: number
}

export const hostErrors = {
  target: {
    status: 400,
    code: 'PF_REQUEST_INVALID',
    message: 'The request line or the Host header is not valid.',
  },
  busy: {
    status: 503,
    code: 'PF_OVERLOADED',
    message: 'All instances are in use and the queue is full. Try again later.',
    retryAfter: 1,
  },
  slow: {
    status: 503,
    code: 'PF_OVERLOADED',
    message: 'Others wait for the place of this request, and its body took longest. Send it again.',
    retryAfter: 1,
  },
  cutShort: {
    status: 503,
    code: 'PF_GUEST_LOST',
    message:
      'Others waited for the place of this request, its body took longest, and the agent had begun to act. It was not repeated.',
  },
  closing: { status: 503, code: 'PF_OVERLOADED', message: 'The host is shutting down.', retryAfter: 1 },
  timeout: {
    status: 504,
    code: 'PF_GUEST_TIMEOUT',
    message: 'The agent did not finish within its time limit and was ended.',
  },
  stuck: {
    status: 504,
    code: 'PF_GUEST_TIMEOUT',
    message: 'The agent kept the processor busy without a pause and was ended.',
  },
  memory: {
    status: 507,
    code: 'PF_GUEST_MEMORY',
    message: 'The agent ran out of the memory it is allowed. Ask for less at once: a smaller page, a shorter message.',
  },
  trap: { status: 502, code: 'PF_GUEST_TRAP', message: 'The agent crashed.' },
  silent: { status: 502, code: 'PF_GUEST_TRAP', message: 'The agent ended without an answer.' },
  lost: {
    status: 503,
    code: 'PF_GUEST_LOST',
    // No Retry-After: clients take that as leave to send it again without looking.
    message: 'Another request ended the worker of this one after it had begun to act. It was not repeated.',
  },
  unserved: {
    status: 503,
    code: 'PF_GUEST_LOST',
    message: 'Another request ended the worker of this one before it had done anything. Send it again.',
    retryAfter: 1,
  },
  answer: {
    status: 502,
    code: 'PF_GUEST_TRAP',
    message: 'The agent answered with an HTTP error code instead of a response.',
  },
} satisfies Record<string, HostError>

export function sendHostError(exchange: Exchange, error: HostError, detail?: string): void {
  const body = new TextEncoder().encode(
    JSON.stringify({ error: { code: error.code, message: error.message, ...(detail ? { detail } : {}) } }),
  )
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['content-length', String(body.byteLength)],
    ['cache-control', 'no-store'],
  ]
  if (error.retryAfter !== undefined) headers.push(['retry-after', String(error.retryAfter)])
  exchange.respond(error.status, headers)
  exchange.write(body, () => {})
  exchange.end()
}

/** Answers a request that no guest is to see, and ends its connection. */
export function refuse(request: IncomingMessage, response: ServerResponse, error: HostError): void {
  const { status, code, message, retryAfter } = error
  // A body that nobody reads would be taken for the next request.
  response.shouldKeepAlive = false
  const body = JSON.stringify({ error: { code, message } })
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
  request.resume()
}
