import { createSeededRandom } from '@pf-agents/agent-core/testing'
import { ok } from '../check'
import type { Fetch, Json } from '../client'
import { type FuzzRequest, fuzzRequest } from './requests'

/** What A2A 1.0.1 and HTTP let a server answer to bad requests. Of 5xx only what says "later" with Retry-After. */
const statuses = new Set([200, 201, 202, 204, 400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 429, 431, 503])
const rpcCodes = new Set([
  -32700, -32600, -32601, -32602, -32001, -32002, -32003, -32004, -32005, -32007, -32008, -32009,
])

/** How a fuzz run went. */
export interface FuzzOutcome {
  sent: number
  /** How often each status came. */
  statuses: Record<number, number>
  /** How many were understood and carried out. */
  succeeded: number
}

/**
 * Sends seeded requests, most of them broken, over both bindings.
 * @throws Error for the first answer that is none the specification allows, with the seed and the request.
 */
export async function fuzz(
  fetch: Fetch,
  baseUrl: string,
  { seed, count, parallel = 8 }: { seed: number; count: number; parallel?: number },
): Promise<FuzzOutcome> {
  const random = createSeededRandom(seed)
  const outcome: FuzzOutcome = { sent: 0, statuses: {}, succeeded: 0 }
  const worker = async (): Promise<void> => {
    while (outcome.sent < count) {
      const number = outcome.sent++
      const request = fuzzRequest(random)
      try {
        await send(fetch, baseUrl, request, outcome)
      } catch (error) {
        const body = request.init.body
        const shown =
          typeof body === 'string'
            ? body.slice(0, 2_000)
            : body instanceof Uint8Array
              ? `bytes ${Array.from(body.subarray(0, 500)).join(' ')}`
              : ''
        throw new Error(
          `Request ${number} of seed ${seed}: ${String(error)}\n${request.init.method} ${request.path.slice(0, 500)} ${JSON.stringify(request.init.headers)}\n${shown}`,
          { cause: error },
        )
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return outcome
}

async function send(
  fetch: Fetch,
  baseUrl: string,
  { binding, path, init }: FuzzRequest,
  outcome: FuzzOutcome,
): Promise<void> {
  const response = await fetch(baseUrl + path, init)
  const text = await response.text()
  outcome.statuses[response.status] = (outcome.statuses[response.status] ?? 0) + 1
  ok(statuses.has(response.status), `a specified status, got ${response.status}: ${text.slice(0, 300)}`)
  ok(response.status !== 503 || response.headers.has('retry-after'), '503 to say when to come again')
  ok(!text.includes('node_modules') && !/\n\s+at /.test(text), 'an answer without a stack')
  if (text === '' || response.status === 204) return
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) return void outcome.succeeded++
  const body: Json = JSON.parse(text)
  if (binding === 'JSON-RPC' && response.status === 200) {
    ok(body.jsonrpc === '2.0' && 'result' in body !== 'error' in body, 'a JSON-RPC answer')
    if ('result' in body) outcome.succeeded++
    else ok(rpcCodes.has(body.error.code), `a specified code, got ${body.error.code}: ${body.error.message}`)
  } else if (response.ok) outcome.succeeded++
  else ok(typeof body.error === 'object' && body.error !== null, 'an error object')
}
