import type { Agent, BudgetLimits } from '../agent/agent'
import type { HandlerEnd, HandlerResult, Skill } from '../agent/skill'
import { type AgentEngine, agentEnginePort, type EngineRun } from '../engine/agent-engine'
import { handlerEngine } from '../engine/handler-engine'
import { PfError } from '../error/pf-error'
import type { RunEvent, StoredEvent } from '../event/run-event'
import type { InterruptAnswer } from '../interrupt/interrupt'
import type { JsonValue } from '../model/json'
import { incomingMessage, type Message } from '../model/message'
import type { Awaitable, StoredTask } from '../port/run-store'
import type { Principal, Scope } from '../port/scope'
import { type LogLevel, runStreamsPort, type TraceContext } from '../port/services'
import type { RunOutcome, SubmitInput } from './agent-runtime'
import { RunAbort } from './abort'
import { Budget } from './budget'
import { Context } from './context'
import { cancelRun, failRun, finishRun } from './finish'
import type { RuntimeServices } from './options'
import { consume, isAsyncIterable } from './consume'
import { inputSlot, type Router } from './routing'
import { TaskWriter } from './task-writer'

/** What all runs of one runtime share. */
export interface RunHost {
  readonly agent: Agent
  readonly router: Router
  readonly services: RuntimeServices
  readonly tenant: string
  readonly leaseMs: number
  readonly deadlineMs: number
  /** Looks after a run that holds a lease, until `forget`. */
  watch(run: Run): void
  forget(run: Run): void
}

/** One run: from a message (or answers) to a direct reply, or to a task that is over or waits. */
export class Run {
  readonly host: RunHost
  readonly runId: string
  readonly scope: Scope
  readonly principal: Principal
  readonly context: Context
  readonly abort: RunAbort
  readonly deadline: number
  readonly budget: Budget
  readonly acceptedOutputModes: readonly string[]
  readonly trace: TraceContext | undefined
  /** The message as it came. */
  readonly message: Message
  answers: readonly InterruptAnswer[] = []
  /** Number of the event by which the answers were taken: nothing happened since if it is still the newest. */
  resumedAt = -1
  skill: Skill | undefined
  /** The skill's input, once it was checked: the handler engine's checkpoint. */
  input: unknown
  /** Present once the run is a task. */
  writer: TaskWriter | undefined
  /** Settles when the run is over; set by whoever started it. */
  outcome: Promise<RunOutcome> | undefined
  /** Told once the run's task is stored, where the caller waits for that. */
  onStarted: ((writer: TaskWriter) => void) | undefined
  #over = false
  readonly #onEvents: SubmitInput['onEvents']

  constructor(host: RunHost, input: SubmitInput, contextId: string) {
    const { services } = host
    this.host = host
    this.runId = input.runId ?? services.random.id()
    this.principal = input.principal
    this.scope = { tenant: host.tenant, principalId: input.principal.id }
    this.message = { ...input.message, contextId }
    this.context = new Context(this, incomingMessage(this.message), contextId)
    this.abort = new RunAbort(services.clock)
    const limits: BudgetLimits = host.agent.budget ?? {}
    this.budget = input.budget instanceof Budget ? input.budget.child(limits) : new Budget(limits, input.budget && new Budget(input.budget))
    const span = Math.min(host.agent.deadlineMs ?? host.deadlineMs, limits.wallMs ?? Number.POSITIVE_INFINITY)
    this.deadline = Math.min(services.clock.now() + span, input.deadline ?? Number.POSITIVE_INFINITY)
    this.acceptedOutputModes = input.acceptedOutputModes ?? []
    this.trace = input.trace
    this.#onEvents = input.onEvents
  }

  get agent(): Agent {
    return this.host.agent
  }
  get services(): RuntimeServices {
    return this.host.services
  }
  get over(): boolean {
    return this.#over
  }

  /** Answers by slot. */
  get slots(): Record<string, JsonValue> {
    const slots: Record<string, JsonValue> = {}
    for (const one of this.writer?.facts.interrupts ?? []) {
      if (one.status === 'answered' && one.answer !== undefined) slots[one.slot ?? 'answer'] = one.answer
    }
    return slots
  }

  /** The time, as tasks carry it. */
  timestamp(): string {
    return new Date(this.services.clock.now()).toISOString()
  }

  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void {
    this.services.logger.log(level, message, { runId: this.runId, contextId: this.context.contextId, ...(this.writer && { taskId: this.writer.key.taskId }), ...fields })
  }

  /** Makes the run a task, if it is none yet: the task is submitted, then working. */
  promote(): TaskWriter {
    if (this.writer !== undefined) return this.writer
    if (this.#over) throw this.abort.reason ?? new PfError('PF_LEASE_LOST', 'The run is over: its task can not be changed any more.')
    const { contextId } = this.context
    const taskId = this.services.random.id()
    const writer = new TaskWriter(this.services.store, {
      key: { ...this.scope, taskId },
      create: { id: taskId, contextId, status: { state: 'submitted', timestamp: this.timestamp() }, artifacts: [], history: [] },
      facts: { principal: this.principal, runId: this.runId, ...(this.skill && { skillId: this.skill.id }) },
    })
    this.adopt(writer)
    const message = { ...this.message, taskId }
    writer.emit({ type: 'message', message })
    writer.converse(message)
    writer.emit({ type: 'status', status: { state: 'working', timestamp: this.timestamp() } })
    return writer
  }

  /** Works with this writer from now on: takes the lease, tells whoever follows the run. */
  adopt(writer: TaskWriter): void {
    this.writer = writer
    writer.lease(this.leaseUntil())
    writer.onLost = (error) => this.abort.abort(lostReason(error))
    const streams = this.services.ports.find(runStreamsPort)
    if (streams !== undefined || this.#onEvents !== undefined) {
      writer.onCommit = (events: readonly StoredEvent[]) => {
        this.#onEvents?.(events)
        streams?.publish(writer.key, events, this.#over)
      }
    }
    this.host.watch(this)
  }

  /** When a lease taken now ends: never behind the run's own deadline. */
  leaseUntil(): number {
    return Math.min(this.services.clock.now() + this.host.leaseMs, this.deadline)
  }

  emit(event: RunEvent): void {
    if (this.#over) return
    const writer = this.promote()
    if (event.type === 'usage') {
      this.budget.add(event.usage)
      writer.setFacts({ usage: { ...this.budget.used } })
    }
    writer.emit(event)
    if (event.type === 'usage') this.budget.check()
  }

  /** Carries out a new message. Rejects where nothing was begun; what fails later is a failed task. */
  async start(asTask: boolean): Promise<RunOutcome> {
    const { router } = this.host
    try {
      let route = router.route(this.context.message, this.context)
      if (route instanceof Promise) route = await this.#guard(route)
      if (route.to === 'skill') this.skill = route.skill
      if (asTask || route.to === 'engine') {
        await this.promote().flush()
        this.onStarted?.(this.promote())
      }
      const chosen = route
      return await this.#carry(() => {
        if (chosen.to === 'reply') return chosen.reply
        if (chosen.to === 'skill') return this.#callSkill(chosen.skill, (engine, run) => engine.start(run))
        if (chosen.to === 'agent') return handlerEngine.start({ agent: this.agent, context: this.context })
        return this.#modelEngine().start({ agent: this.agent, context: this.context })
      })
    } finally {
      this.#close()
    }
  }

  /** Goes on with a stored task whose interrupts were answered; the writer holds that commit already. */
  async resume(stored: StoredTask): Promise<RunOutcome> {
    try {
      return await this.#carry(() => {
        const { checkpoint, skillId } = stored.facts
        this.skill = this.host.router.skill(skillId)
        const go = (engine: AgentEngine, run: EngineRun): HandlerResult => (checkpoint === undefined ? engine.start(run) : engine.resume(run, checkpoint))
        if (checkpoint !== undefined && checkpoint.engine !== handlerEngine.name) {
          return go(this.#modelEngine(checkpoint.engine), { agent: this.agent, ...(this.skill && { skill: this.skill }), context: this.context })
        }
        if (this.skill === undefined) return go(handlerEngine, { agent: this.agent, context: this.context })
        const held = checkpoint?.data as { input?: JsonValue } | undefined
        if (held !== undefined && 'input' in held) {
          this.input = held.input
          return go(handlerEngine, { agent: this.agent, skill: this.skill, context: this.context })
        }
        return this.#callSkill(this.skill, go)
      })
    } finally {
      this.#close()
    }
  }

  /** Stops the run; its task ends as canceled. */
  cancel(): void {
    this.abort.abort(new PfError('PF_RUN_CANCELED'))
  }

  #callSkill(skill: Skill, go: (engine: AgentEngine, run: EngineRun) => HandlerResult): Awaitable<HandlerEnd> | HandlerResult {
    const checked = this.host.router.input(skill, this.context.message, this.slots[inputSlot])
    const proceed = (input: Awaited<typeof checked>): HandlerResult => {
      if (input.ask !== undefined) return input.ask
      this.input = input.input
      const engine = skill.handler === undefined ? this.#modelEngine() : handlerEngine
      if (engine !== handlerEngine) this.promote()
      return go(engine, { agent: this.agent, skill, input: input.input, context: this.context })
    }
    return checked instanceof Promise ? checked.then((input) => proceed(input) as HandlerEnd) : proceed(checked)
  }

  #modelEngine(name?: string): AgentEngine {
    const engine = this.services.ports.find(agentEnginePort)
    if (engine === undefined || (name !== undefined && engine.name !== name)) {
      throw new PfError('PF_ENGINE_MISSING', `No installed engine ${name ? `named "${name}" ` : ''}can carry out this run. Install @pf-agents/llm-engine.`)
    }
    return engine
  }

  /** Waits for what a handler gave, within the run's deadline. */
  #guard<T>(promise: PromiseLike<T>): Promise<T> {
    this.abort.at(this.deadline)
    return this.abort.race(promise)
  }

  async #carry(produce: () => HandlerResult): Promise<RunOutcome> {
    try {
      let end: HandlerEnd | Promise<HandlerEnd> = produce() as HandlerEnd | Promise<HandlerEnd>
      if (end instanceof Promise || isThenable(end)) end = await this.#guard(end as Promise<HandlerEnd>)
      if (isAsyncIterable(end)) {
        this.abort.at(this.deadline)
        end = await consume(this, end)
      }
      if (this.abort.reason !== undefined) throw this.abort.reason
      return await finishRun(this, end)
    } catch (error) {
      return await this.#end(error)
    }
  }

  async #end(error: unknown): Promise<RunOutcome> {
    const reason = this.abort.reason
    // The direct reply was made, and could not be kept: there is no task to tell.
    if (this.#over && this.writer === undefined) throw error
    if (this.writer?.failed) return this.#handedOver(error)
    if (reason !== undefined && this.writer !== undefined && (await this.#changedElsewhere(this.writer))) return this.#handedOver(reason)
    if (reason !== undefined && PfError.is(reason, 'PF_RUN_CANCELED')) return cancelRun(this)
    const cause = reason ?? error
    if (!PfError.is(cause)) this.log('error', 'A handler threw.', { error: describe(cause) })
    return failRun(this, cause)
  }

  /** Whether the stored task is no longer what this run last stored. */
  async #changedElsewhere(writer: TaskWriter): Promise<boolean> {
    try {
      await writer.flush()
    } catch {
      return true
    }
    const head = await this.services.store.head(writer.key)
    return head !== undefined && head.version !== writer.version
  }

  /** Somebody else changed the task: it was canceled elsewhere, or the lease was lost. What is stored counts. */
  async #handedOver(error: unknown): Promise<RunOutcome> {
    const writer = this.writer as TaskWriter
    const stored = writer.version > 0 ? await this.services.store.load(writer.key) : undefined
    if (stored === undefined) throw error
    return { task: stored }
  }

  #close(): void {
    this.#over = true
    this.abort.settle()
    if (this.writer !== undefined) this.host.forget(this)
  }

  /** From now on nothing the handler still does reaches the task. */
  seal(): void {
    this.#over = true
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function lostReason(error: unknown): PfError {
  return PfError.is(error) ? error : new PfError('PF_LEASE_LOST', undefined, { cause: error })
}

/** An error for the log: stack where there is one. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error)
}
