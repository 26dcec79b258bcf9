import { checkOutbound } from '../agent/outbound'
import { PfError } from '../error/pf-error'
import type { RunEvent } from '../event/run-event'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import { slotsOf } from '../interrupt/interrupt-list'
import type { JsonObject, JsonValue } from '../model/json'
import type { IncomingMessage, Message } from '../model/message'
import { getOwn, setOwn } from '../model/own-property'
import type { Task } from '../model/task'
import type { Ports } from '../port/port'
import type { Principal } from '../port/scope'
import { authServicePort, httpClientPort, type LogLevel, type TraceContext, variablesPort } from '../port/services'
import type { ClientTool } from './agent-runtime'
import type { Budget } from './budget'
import { linkSignals } from './link-signals'
import type { Run } from './run'
import type { ContextState, RunContext, TaskState } from './run-context'

/** The {@link RunContext} of a run. Everything is looked up when it is asked for: most handlers use little of it. */
export class Context implements RunContext {
  readonly message: IncomingMessage
  readonly #run: Run
  #state: RunContext['state'] | undefined

  constructor(run: Run, message: IncomingMessage) {
    this.#run = run
    this.message = message
  }

  get contextId(): string {
    return this.#run.contextId
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
  async history(limit = 100): Promise<Message[]> {
    const { scope, services, writer } = this.#run
    // What this run has stored itself comes behind its message.
    const own = writer?.conversed ?? 0
    const messages = await services.conversation.read(scope, this.contextId, { limit: limit + own })
    const isOwn = (message: Message, index: number): boolean =>
      index >= messages.length - own && message.messageId === this.message.messageId
    const at = messages.findIndex(isOwn)
    const end = at < 0 ? messages.length : at
    return messages.slice(Math.max(0, end - limit), end)
  }
  get interrupts(): readonly Interrupt[] {
    return this.#run.writer?.facts.interrupts ?? []
  }
  get slots(): Readonly<Record<string, JsonValue>> {
    return slotsOf(this.interrupts)
  }
  get answers(): readonly InterruptAnswer[] {
    return this.#run.answers
  }
  get signal(): AbortSignal {
    return this.#run.abort.signal
  }
  get deadline(): number {
    return this.#run.limits.deadline
  }
  get budget(): Budget {
    return this.#run.limits.budget
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
    return this.#run.submitted.acceptedOutputModes ?? []
  }
  get clientTools(): readonly ClientTool[] {
    return this.#run.submitted.clientTools ?? []
  }
  get clientState(): JsonValue | undefined {
    return this.#run.submitted.state
  }
  get clientContext(): JsonValue | undefined {
    return this.#run.submitted.context
  }
  get trace(): TraceContext | undefined {
    return this.#run.submitted.trace
  }

  async credential(audience: string): Promise<{ scheme: string; value: string } | undefined> {
    return this.services.find(authServicePort)?.credential(audience, this.principal)
  }

  async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const request = input instanceof Request ? input : undefined
    checkOutbound(this.#run.host.agent.needs?.outbound ?? [], new URL(request?.url ?? (input as string | URL)))
    const client = this.services.find(httpClientPort) ?? globalThis
    const { signal, unlink } = linkSignals(this.signal, init.signal ?? request?.signal)
    // A redirect is the caller's to follow: its target has to pass the same check.
    const redirect = (init.redirect ?? request?.redirect) === 'error' ? 'error' : 'manual'
    try {
      const response = await client.fetch(input, { ...init, redirect, signal })
      // The body is read later, and ends with the same signals.
      if (response.body === null) unlink()
      else this.#run.onClose(unlink)
      return response
    } catch (error) {
      unlink()
      throw error
    }
  }

  async variable(name: string): Promise<string | undefined> {
    const value = await this.services.find(variablesPort)?.get(name)
    return value ?? getOwn(this.#run.host.agent.needs?.variables, name)?.default
  }

  async secret(name: string | { secret: string }): Promise<string> {
    const key = typeof name === 'string' ? name : name.secret
    const value = await this.services.find(variablesPort)?.get(key)
    if (value === undefined || value === '')
      throw new PfError('PF_SECRET_MISSING', `The secret ${key} has no value. Set the variable ${key}.`, {
        details: { secret: key },
      })
    this.#run.keepSecret(value)
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
    get: (key) => getOwn(run.writer?.facts.state, key),
    set(key, value) {
      if (run.over) return
      const writer = run.promote()
      const state: JsonObject = { ...writer.facts.state }
      if (value === undefined) delete state[key]
      else setOwn(state, key, value)
      writer.setFacts({ state })
    },
    all: () => ({ ...run.writer?.facts.state }),
  }
}

function contextState(run: Run): ContextState {
  const { tenant, principalId } = run.scope
  const prefix = ['context', tenant, principalId, run.contextId].map(encodeURIComponent).join('/')
  const { keyValue } = run.services
  return {
    get: async (key) => (await keyValue.get(`${prefix}/${encodeURIComponent(key)}`))?.value,
    async set(key, value) {
      const name = `${prefix}/${encodeURIComponent(key)}`
      await (value === undefined ? keyValue.delete(name) : keyValue.set(name, value))
    },
  }
}
