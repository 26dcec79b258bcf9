import type { ToolSource } from '../tool/tool'
import { port } from './port'
import type { Awaitable } from './run-store'
import type { Principal } from './scope'
import type { StoredEvent } from '../event/run-event'
import type { TaskKey } from './scope'

/** Values the host gives the agent: environment on Node, host variables in a component. */
export interface Variables {
  /** The value, or `undefined` where it is not set. Secrets are read the same way and never cached. */
  get(name: string): Awaitable<string | undefined>
}
/** Port of variables and secrets. */
export const variablesPort = /* @__PURE__ */ port<Variables>('pf.variables')

/** Outbound HTTP, guarded. */
export interface HttpClient {
  fetch(request: Request | string | URL, init?: RequestInit): Promise<Response>
}
/** Port of outbound HTTP. */
export const httpClientPort = /* @__PURE__ */ port<HttpClient>('pf.http-client')

/** Credentials for calls to others on behalf of a run. */
export interface AuthService {
  /** A credential for an audience (an origin or a service name), or `undefined` where there is none. */
  credential(audience: string, principal: Principal): Awaitable<{ scheme: string; value: string } | undefined>
}
/** Port of outgoing credentials. */
export const authServicePort = /* @__PURE__ */ port<AuthService>('pf.auth-service')

/** How grave a log line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Where log lines go. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void
}
/** Port of logs. Bound to JSON lines on the console's error stream where nothing else provides it. */
export const loggerPort = /* @__PURE__ */ port<Logger>('pf.logger')

/** W3C trace context, passed explicitly. */
export interface TraceContext {
  traceparent: string
  tracestate?: string
}

/** An open span. */
export interface Span {
  readonly context: TraceContext | undefined
  set(attributes: Record<string, string | number | boolean>): void
  end(error?: unknown): void
}

/** Traces and metrics. Does nothing where no feature provides it. */
export interface Telemetry {
  span(
    name: string,
    options?: { parent?: TraceContext | undefined; attributes?: Record<string, string | number | boolean> },
  ): Span
}
/** Port of telemetry. */
export const telemetryPort = /* @__PURE__ */ port<Telemetry>('pf.telemetry')

/** Work that outlives the answer to a request. */
export interface Background {
  waitUntil(promise: Promise<unknown>): void
}
/** Port of background work. */
export const backgroundPort = /* @__PURE__ */ port<Background>('pf.background')

/** The live side of a task's events, across connections. Provided by event-stream. */
export interface RunStreams {
  /** Called after each commit with what it stored; `ended` where the run is over with it: the task is over, or waits. */
  publish(key: TaskKey, events: readonly StoredEvent[], ended: boolean): void
  /**
   * Events numbered `fromSeq` and later, live, until the task is over, the signal aborts or `return` is called; those
   * that are there together come together, and a message comes together with what followed it in the same commit.
   * Throws PF_STREAM_LAGGED where the store no longer has what comes next.
   */
  subscribe(
    key: TaskKey,
    fromSeq: number,
    signal?: AbortSignal,
  ): AsyncIterableIterator<readonly StoredEvent[], undefined, undefined>
}
/** Port of live run streams. */
export const runStreamsPort = /* @__PURE__ */ port<RunStreams>('pf.run-streams')

/** Port of tools that come from elsewhere: of every feature whose set-up has `tools`, in set-up order. */
export const toolSourcesPort = /* @__PURE__ */ port<readonly ToolSource[]>('pf.tool-sources')

/** What an agent remembers across conversations. */
export interface MemoryService {
  store(principalId: string, text: string, metadata?: Record<string, string>): Awaitable<void>
  recall(principalId: string, query: string, limit: number): Awaitable<{ text: string; score: number }[]>
}
/** Port of long-term memory. */
export const memoryPort = /* @__PURE__ */ port<MemoryService>('pf.memory')
