import { createSeededRandom } from '@pf-agents/agent-core/testing'
import { ok } from '../check'
import { type Fetch, type Json, jsonRpc } from '../client'
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
  /** The same by operation. */
  reached: Record<string, number>
}

/** How many stored tasks the requests are about at a time: those that wait for an answer, and others. */
const places = { waiting: 12, other: 4 }

/** Stored tasks to ask about: newer ones take the place of older ones. */
class Shelf {
  readonly ids: string[] = []
  readonly #fetch: Fetch
  readonly #baseUrl: string
  #next = { waiting: 0, other: 0 }

  constructor(fetch: Fetch, baseUrl: string) {
    this.#fetch = fetch
    this.#baseUrl = baseUrl
  }

  async #call(operation: string, params: Json): Promise<Json> {
    const answer = await jsonRpc.call(this.#fetch, this.#baseUrl, operation, params)
    ok(answer.status === 200, `${operation} to be answered, got ${answer.status}`)
    return answer.result
  }

  async fill(): Promise<void> {
    for (let place = 0; place < places.waiting; place++) await this.add('ask')
    for (let place = 0; place < places.other; place++) await this.add('task done')
  }

  /** Makes a task by the words of the suite's agent. */
  async add(text: string): Promise<void> {
    const message = { messageId: 'm', role: 'ROLE_USER', parts: [{ text }] }
    const { task } = await this.#call('SendMessage', { message })
    await this.put(task)
  }

  /** Takes a task that a request made. What it takes the place of is ended: a store keeps what waits for an answer. */
  async put({ id, status }: Json): Promise<void> {
    const kind = status.state === 'TASK_STATE_INPUT_REQUIRED' ? 'waiting' : 'other'
    const place = (this.#next[kind]++ % places[kind]) + (kind === 'waiting' ? 0 : places.waiting)
    const old = this.ids[place]
    this.ids[place] = id
    if (kind === 'waiting' && old !== undefined && !this.ids.includes(old)) await this.#call('CancelTask', { id: old })
  }

  async close(): Promise<void> {
    for (const id of this.ids.slice(0, places.waiting)) await this.#call('CancelTask', { id })
  }
}

/**
 * Sends seeded requests, most of them broken, over both bindings, about tasks that are there and tasks that are not.
 * @throws Error for the first answer that is none the specification allows, with the seed and the request.
 */
export async function fuzz(
  fetch: Fetch,
  baseUrl: string,
  { seed, count, parallel = 8 }: { seed: number; count: number; parallel?: number },
): Promise<FuzzOutcome> {
  const random = createSeededRandom(seed)
  const outcome: FuzzOutcome = { sent: 0, statuses: {}, succeeded: 0, reached: {} }
  const shelf = new Shelf(fetch, baseUrl)
  await shelf.fill()
  const worker = async (): Promise<void> => {
    while (outcome.sent < count) {
      const number = outcome.sent++
      const request = fuzzRequest(random, shelf.ids)
      try {
        const result = await send(fetch, baseUrl, request, outcome)
        if (result === undefined) continue
        outcome.succeeded++
        outcome.reached[request.operation] = (outcome.reached[request.operation] ?? 0) + 1
        if (typeof result?.task?.id === 'string') await shelf.put(result.task)
        if (request.operation === 'CancelTask') await shelf.add('ask')
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
  await shelf.close()
  return outcome
}

/** What a request came to, where it was carried out. */
async function send(
  fetch: Fetch,
  baseUrl: string,
  { binding, path, init }: FuzzRequest,
  outcome: FuzzOutcome,
): Promise<Json> {
  const response = await fetch(baseUrl + path, init)
  const text = await response.text()
  outcome.statuses[response.status] = (outcome.statuses[response.status] ?? 0) + 1
  ok(statuses.has(response.status), `a specified status, got ${response.status}: ${text.slice(0, 300)}`)
  ok(response.status !== 503 || response.headers.has('retry-after'), '503 to say when to come again')
  ok(!text.includes('node_modules') && !/\n +at /.test(text), 'an answer without a stack')
  if (text === '' || response.status === 204) return undefined
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) return {}
  const body: Json = JSON.parse(text)
  if (binding === 'JSON-RPC' && response.status === 200) {
    ok(body.jsonrpc === '2.0' && 'result' in body !== 'error' in body, 'a JSON-RPC answer')
    if ('result' in body) return body.result
    ok(rpcCodes.has(body.error.code), `a specified code, got ${body.error.code}: ${body.error.message}`)
  } else if (response.ok) return body
  else ok(typeof body.error === 'object' && body.error !== null, 'an error object')
  return undefined
}
