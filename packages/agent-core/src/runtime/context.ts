import { checkOutbound } from '../agent/outbound'
import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'
import type { InterruptAnswer } from '../interrupt/interrupt'
import type { JsonObject, JsonValue } from '../model/json'
import type { IncomingMessage, Message } from '../model/message'
import type { Task } from '../model/task'
import type { Ports } from '../port/port'
import type { Principal } from '../port/scope'
import { authServicePort, httpClientPort, type LogLevel, type TraceContext, variablesPort } from '../port/services'
import type { Budget } from './budget'
import { linkSignals } from './link-signals'
import type { Run } from './run'
import type { ContextState, RunContext, TaskState } from './run-context'

/** The {@link RunContext} of a run. Everything is looked up when it is asked for: most handlers use little of it. */
export class Context implements RunContext {
  readonly message: IncomingMessage
  readonly contextId: string
  readonly #run: Run
  #state: RunContext['state'] | undefined

  constructor(run: Run, message: IncomingMessage, contextId: string) {
    this.#run = run
    this.message = message
    this.contextId = contextId
  }

  get runId(): string {
    return this.#run.runId
  }
  get task(): Readonly<Task> {
    return this.#run.promote().task
  }
  async startTask(): Promise<Readonly<Task>> {
    const writer = this.#run.promote()
    await writer.flush()
    return writer.task
  }
  history(limit?: number): Promise<Message[]> {
    const { conversation } = this.#run.services
    return Promise.resolve(conversation.read(this.#run.scope, this.contextId, limit === undefined ? {} : { limit }))
  }
  get slots(): Readonly<Record<string, JsonValue>> {
    return this.#run.slots
  }
  get answers(): readonly InterruptAnswer[] {
    return this.#run.answers
  }
  get signal(): AbortSignal {
    return this.#run.abort.signal
  }
  get deadline(): number {
    return this.#run.deadline
  }
  get budget(): Budget {
    return this.#run.budget
  }
  get state(): RunContext['state'] {
    this.#state ??= { task: taskState(this.#run), context: contextState(this.#run) }
    return this.#state
  }
  get services(): Ports {
    return this.#run.services.ports
  }
  get principal(): Principal {
    return this.#run.principal
  }
  get tenant(): string {
    return this.#run.scope.tenant
  }
  get acceptedOutputModes(): readonly string[] {
    return this.#run.acceptedOutputModes
  }
  get trace(): TraceContext | undefined {
    return this.#run.trace
  }

  async credential(audience: string): Promise<{ scheme: string; value: string } | undefined> {
    return this.services.find(authServicePort)?.credential(audience, this.principal)
  }

  async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    checkOutbound(this.#run.agent.needs?.outbound ?? [], new URL(input instanceof Request ? input.url : input))
    const client = this.services.find(httpClientPort) ?? globalThis
    const { signal, unlink } = linkSignals(this.signal, init.signal ?? (input instanceof Request ? input.signal : undefined))
    try {
      // A redirect is the caller's to follow: its target has to pass the same check.
      return await client.fetch(input, { redirect: 'manual', ...init, signal })
    } finally {
      unlink()
    }
  }

  async variable(name: string): Promise<string | undefined> {
    const value = await this.services.find(variablesPort)?.get(name)
    return value ?? this.#run.agent.needs?.variables?.[name]?.default
  }

  async secret(name: string | { secret: string }): Promise<string> {
    const key = typeof name === 'string' ? name : name.secret
    const value = await this.services.find(variablesPort)?.get(key)
    if (value === undefined || value === '') throw new PfError('PF_SECRET_MISSING', `The secret ${key} has no value. Set the variable ${key}.`, { details: { secret: key } })
    return value
  }

  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void {
    this.#run.log(level, message, fields)
  }
  emit(event: RunEvent): void {
    this.#run.emit(event)
  }
  async flush(): Promise<void> {
    await this.#run.writer?.flush()
  }
}

function taskState(run: Run): TaskState {
  return {
    get: (key) => own(run.writer?.facts.state, key),
    set(key, value) {
      const writer = run.promote()
      const state: JsonObject = { ...writer.facts.state }
      if (value === undefined) delete state[key]
      else Object.defineProperty(state, key, { value, enumerable: true, writable: true, configurable: true })
      writer.setFacts({ state })
    },
    all: () => ({ ...run.writer?.facts.state }),
  }
}

function own(state: JsonObject | undefined, key: string): JsonValue | undefined {
  return state !== undefined && Object.hasOwn(state, key) ? state[key] : undefined
}

function contextState(run: Run): ContextState {
  const { tenant, principalId } = run.scope
  const prefix = ['context', tenant, principalId, run.context.contextId].map(encodeURIComponent).join('/')
  const { keyValue } = run.services
  return {
    get: async (key) => (await keyValue.get(`${prefix}/${encodeURIComponent(key)}`))?.value,
    async set(key, value) {
      const name = `${prefix}/${encodeURIComponent(key)}`
      await (value === undefined ? keyValue.delete(name) : keyValue.set(name, value))
    },
  }
}
