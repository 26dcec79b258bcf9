import type { Agent } from '../agent/agent'
import type { OptionalSecret, SecretReference } from '../agent/needs'
import type { Skill } from '../agent/skill'
import { PfError } from '../error/pf-error'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import { slotsOf } from '../interrupt/interrupt-list'
import type { JsonObject, JsonValue } from '../model/json'
import type { IncomingMessage, Message } from '../model/message'
import { getOwn, setOwn } from '../model/own-property'
import type { Task } from '../model/task'
import { type Llm, llmPort } from '../port/llm'
import type { Ports } from '../port/port'
import type { Principal } from '../port/scope'
import { authServicePort, type TraceContext, variablesPort } from '../port/services'
import type { ClientTool } from './agent-runtime'
import type { Budget } from './budget'
import { guardedFetch } from './guarded-fetch'
import type { Run } from './run'
import type { ContextState, RunContext, TaskState } from './run-context'

/**
 * The {@link RunContext} of a run. Everything is made when it is asked for: most handlers use little of it.
 * Functions are getters, so that a handler may take them out: `({ fetch, log }) => …`.
 */
export class Context implements RunContext {
  readonly message: IncomingMessage
  readonly #run: Run
  #state: RunContext['state'] | undefined

  constructor(run: Run, message: IncomingMessage) {
    this.#run = run
    this.message = message
  }

  get agent(): Agent {
    return this.#run.host.agent
  }
  get skill(): Skill | undefined {
    return this.#run.skill
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
  get startTask(): RunContext['startTask'] {
    return async () => {
      const writer = this.#run.promote()
      await writer.flush()
      return writer.task
    }
  }
  get history(): RunContext['history'] {
    return (limit = 100) => readHistory(this.#run, limit)
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
  get remarks(): readonly Message[] {
    return this.#run.remarks
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
    return (this.#state ??= { task: taskState(this.#run), context: contextState(this.#run) })
  }
  get services(): Ports {
    return this.#run.services.ports
  }
  get llm(): Llm {
    const service = this.services.find(llmPort)
    if (service !== undefined) return service.for(this)
    throw new PfError(
      'PF_ENGINE_MISSING',
      'ctx.llm needs an engine. Install @pf-agents/llm-engine and pass llmEngine() to the app.',
    )
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
  get credential(): RunContext['credential'] {
    return async (audience) => this.services.find(authServicePort)?.credential(audience, this.principal)
  }
  get fetch(): RunContext['fetch'] {
    return (input, init) => guardedFetch(this.#run, input, init)
  }
  get variable(): RunContext['variable'] {
    return async (name) => {
      const value = await this.services.find(variablesPort)?.get(name)
      const need = getOwn(this.#run.host.agent.needs?.variables, name)
      // Spin has no variable without a value: one that need not be set is empty there.
      return value === undefined || (value === '' && need?.optional === true) ? need?.default : value
    }
  }
  get secret(): RunContext['secret'] {
    const read = async (name: string | SecretReference | OptionalSecret): Promise<string | undefined> => {
      const { secret, optional } = typeof name === 'string' ? { secret: name } : name
      const value = await readSecret(this.#run, secret)
      if (value !== undefined || optional === true) return value
      throw new PfError('PF_SECRET_MISSING', `The secret ${secret} has no value. Set the variable ${secret}.`, {
        details: { secret },
      })
    }
    return read as RunContext['secret']
  }
  get log(): RunContext['log'] {
    return (level, message, fields) => this.#run.log(level, message, fields)
  }
  get emit(): RunContext['emit'] {
    return (event) => this.#run.emit(event)
  }
  get flush(): RunContext['flush'] {
    return async () => this.#run.writer?.flush()
  }
  get room(): RunContext['room'] {
    return async () => this.#run.writer?.room()
  }
}

async function readHistory({ scope, services, writer, contextId, message }: Run, limit: number): Promise<Message[]> {
  // What this run has stored itself comes behind its message.
  const own = writer?.conversed ?? 0
  const messages = await services.conversation.read(scope, contextId, { limit: limit + own })
  const at = messages.findIndex((one, index) => index >= messages.length - own && one.messageId === message.messageId)
  const end = at < 0 ? messages.length : at
  return messages.slice(Math.max(0, end - limit), end)
}

async function readSecret(run: Run, name: string): Promise<string | undefined> {
  const value = await run.services.ports.find(variablesPort)?.get(name)
  if (value === undefined || value === '') return undefined
  run.keepSecret(value)
  return value
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
