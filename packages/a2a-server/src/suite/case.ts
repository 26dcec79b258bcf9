import type { RequirementId } from '../conformance/manifest'
import { equal, ok } from './check'
import { type Answer, type Binding, bindings, type CallOptions, type Fetch, type Json } from './client'

/** One thing a server must do. Runs against any server that serves the suite's app, wherever that is. */
export interface Case {
  name: string
  /** Requirements of A2A 1.0.1 that it verifies. */
  requirements: readonly [RequirementId, ...RequirementId[]]
  /** Whether what one request stores is read by the next. */
  stored?: true
  /**
   * @param fetch - sends requests to the server
   * @param baseUrl - its address without a slash at the end
   * @throws Error where the server does something else
   */
  run(fetch: Fetch, baseUrl: string): Promise<void>
}

/** The server as a case sees it through one binding. */
export class Peer {
  readonly fetch: Fetch
  readonly baseUrl: string
  readonly binding: Binding

  constructor(fetch: Fetch, baseUrl: string, binding: Binding) {
    this.fetch = fetch
    this.baseUrl = baseUrl
    this.binding = binding
  }

  call(operation: string, params?: Json, options?: CallOptions): Promise<Answer> {
    return this.binding.call(this.fetch, this.baseUrl, operation, params, options)
  }

  /** The result of a call that must succeed. */
  async result(operation: string, params?: Json, options?: CallOptions): Promise<Json> {
    const { error, result } = await this.call(operation, params, options)
    ok(error === undefined, `${operation} to succeed, but it said ${JSON.stringify(error)}`)
    return result
  }

  /** The error of a call that must fail with this ErrorInfo reason, code and status. */
  async refused(expected: Refusal, operation: string, params?: Json, options?: CallOptions): Promise<Answer> {
    const answer = await this.call(operation, params, options)
    ok(answer.error !== undefined, `${operation} to be refused, but it answered ${JSON.stringify(answer.result)}`)
    const rpc = this.binding.name === 'JSON-RPC'
    equal(answer.error.code, rpc ? expected.rpc : expected.http, `${operation}: code`)
    equal(answer.status, rpc ? (expected.rpcHttp ?? 200) : expected.http, `${operation}: HTTP status`)
    if (expected.reason !== undefined) equal(answer.error.reason, expected.reason, `${operation}: reason`)
    ok(answer.error.message.length > 0, 'an error to say something')
    return answer
  }

  /** Sends a message and hands back its task. */
  async task(text: string, more: Json = {}): Promise<Json> {
    const result = await this.result('SendMessage', {
      message: { ...message(text), ...more.message },
      ...(more.configuration && { configuration: more.configuration }),
    })
    ok(result.task !== undefined, `"${text}" to become a task`)
    return result.task
  }
}

/** What an error is on each binding (A2A 1.0.1, 5.4). */
export interface Refusal {
  rpc: number
  http: number
  reason?: string
  /** HTTP status on JSON-RPC; default 200. */
  rpcHttp?: number
}

/** The errors of A2A 1.0.1, typed in from its table. */
export const refusals = {
  taskNotFound: { rpc: -32001, http: 404, reason: 'TASK_NOT_FOUND' },
  notCancelable: { rpc: -32002, http: 400, reason: 'TASK_NOT_CANCELABLE' },
  pushUnsupported: { rpc: -32003, http: 400, reason: 'PUSH_NOTIFICATION_NOT_SUPPORTED' },
  unsupported: { rpc: -32004, http: 400, reason: 'UNSUPPORTED_OPERATION' },
  contentType: { rpc: -32005, http: 400, reason: 'CONTENT_TYPE_NOT_SUPPORTED' },
  noExtendedCard: { rpc: -32007, http: 400, reason: 'EXTENDED_AGENT_CARD_NOT_CONFIGURED' },
  extensionRequired: { rpc: -32008, http: 400, reason: 'EXTENSION_SUPPORT_REQUIRED' },
  versionNotSupported: { rpc: -32009, http: 400, reason: 'VERSION_NOT_SUPPORTED' },
  invalidParams: { rpc: -32602, http: 400 },
  unauthenticated: { rpc: -32000, http: 401, rpcHttp: 401 },
  busy: { rpc: -32603, http: 429, rpcHttp: 429 },
  tenantNotFound: { rpc: -32602, http: 404 },
} as const satisfies Record<string, Refusal>

let messages = 0

/** A message with an id of its own. */
export function message(text: string, more: Json = {}): Json {
  return { messageId: `m-${++messages}`, role: 'ROLE_USER', parts: [{ text }], ...more }
}

/** The same case for both bindings. */
export function onBoth(name: string, requirements: Case['requirements'], run: (peer: Peer) => Promise<void>): Case[] {
  return bindings.map((binding) => ({
    name: `${name} (${binding.name})`,
    requirements,
    run: (fetch, baseUrl) => run(new Peer(fetch, baseUrl, binding)),
  }))
}

/** Marks cases that need what an earlier request stored. */
export function stored(cases: readonly Case[]): Case[] {
  return cases.map((one) => ({ ...one, stored: true }))
}
