import type { Skill } from '../agent/skill'
import { PfError } from '../error/pf-error'
import type { RunEvent, UsageEvent } from '../event/run-event'
import type { Usage } from '../event/usage'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'
import type { JsonValue } from '../model/json'
import { incomingMessage, type Message } from '../model/message'
import type { StoredTask } from '../port/run-store'
import type { Principal, Scope } from '../port/scope'
import type { LogLevel } from '../port/services'
import { RunAbort } from './abort'
import type { SubmitInput } from './agent-runtime'
import { announce } from './announce'
import { Context } from './context'
import { checkEmitted, isProgress } from './emitted'
import { type Ledger, RunLimits } from './limits'
import type { RuntimeServices } from './options'
import { redact } from './redact'
import type { RunHost } from './run-host'
import { TaskWriter, type WriterListener } from './task-writer'
import { timestamp } from './timestamp'

/**
 * One run: from a message (or answers) to a direct reply, or to a task that is over or waits. It holds what the run is
 * about and makes it a task where that is needed; what is done in which order stands in carry-out.ts.
 */
export class Run implements WriterListener, Ledger {
  readonly host: RunHost
  readonly submitted: SubmitInput
  readonly scope: Scope
  /** Who the task belongs to: for a follow-up the one that is stored with it. */
  readonly principal: Principal
  readonly contextId: string
  /** The message as it is stored. */
  readonly message: Message
  readonly context: Context
  readonly limits: RunLimits
  /** What earlier runs of the task have used. */
  readonly usedBefore: Usage | undefined
  readonly abort: RunAbort
  /** The answers this run goes on with. */
  answers: readonly InterruptAnswer[] = []
  /** What was said beside them. */
  remarks: readonly Message[] = []
  /** What the task had asked before this run went to work; all of it is answered. */
  asked: readonly Interrupt[] = []
  skill: Skill | undefined
  /** What the skill was given, before its schema made something of it: where a handler goes on, it begins with this. */
  given: JsonValue | undefined
  /** Whether the skill was called: until then a question is one for its input. */
  isCalled = false
  /** Present once the run is a task. */
  writer: TaskWriter | undefined
  /** Whether something happened that would happen again if the run were begun again. */
  hasProgressed = false
  #runId: string | undefined
  /** Ids of the texts that were streamed. */
  #texts: Set<string> | undefined
  /** Values that must not be logged. */
  #secrets: Set<string> | undefined
  #isOver = false
  #isClosed = false
  #cleanups: (() => void)[] | undefined

  constructor(host: RunHost, submitted: SubmitInput, contextId: string, stored?: StoredTask) {
    this.host = host
    this.submitted = submitted
    this.principal = stored?.facts.principal ?? submitted.principal
    this.scope = { tenant: host.tenant, principalId: submitted.principal.id }
    this.contextId = contextId
    this.message = { ...submitted.message, contextId }
    this.context = new Context(this, incomingMessage(this.message))
    this.usedBefore = stored?.facts.usage
    this.limits = new RunLimits(host, submitted, host.services.clock.now(), this)
    this.abort = new RunAbort(host.services.clock)
    if (stored !== undefined) this.writer = new TaskWriter(this.services, { stored }, this)
  }

  get services(): RuntimeServices {
    return this.host.services
  }
  get runId(): string {
    return (this.#runId ??= this.submitted.runId ?? this.services.random.id())
  }
  /** From now on nothing the handler still does reaches the task. */
  get over(): boolean {
    return this.#isOver
  }
  /** Whether an artifact is a text that this run streamed. */
  hasStreamed(artifactId: string): boolean {
    return this.#texts?.has(artifactId) === true
  }

  /** The time, as tasks carry it. */
  timestamp(): string {
    return timestamp(this.services.clock.now())
  }

  /**
   * When a lease taken now ends: never behind the run's own deadline. A clock that was set forward may be past that, while
   * the timer of the deadline has not rung: the run is alive until then.
   */
  leaseUntil(): number {
    const now = this.services.clock.now()
    const { deadline } = this.limits
    return deadline > now ? Math.min(now + this.host.leaseMs, deadline) : now + this.host.leaseMs
  }

  /** Makes the run a task, if it is none yet: the task is submitted, then working. */
  promote(): TaskWriter {
    if (this.writer !== undefined) return this.writer
    if (this.#isOver)
      throw this.abort.reason ?? new PfError('PF_LEASE_LOST', 'The run is over: it can not become a task any more.')
    const { contextId, services } = this
    const { beforeTask } = this.submitted
    const taskId = services.random.id()
    const now = this.timestamp()
    const key = { ...this.scope, taskId }
    const writer = new TaskWriter(
      services,
      {
        key,
        create: { id: taskId, contextId, status: { state: 'submitted', timestamp: now }, artifacts: [], history: [] },
        facts: {
          principal: this.principal,
          runId: this.runId,
          ...(this.skill && { skillId: this.skill.id }),
          ...(this.limits.used && { usage: this.limits.used }),
        },
        ...(beforeTask && { before: () => beforeTask(key) }),
      },
      this,
    )
    this.writer = writer
    writer.lease(this.leaseUntil())
    writer.emit({ type: 'message', message: { ...this.message, taskId } })
    this.tellState(writer)
    writer.emit({ type: 'status', status: { state: 'working', timestamp: now } })
    return writer
  }

  /** Tells the shared state that the caller brought: later changes of it build on that. */
  tellState(writer: TaskWriter): void {
    const { state } = this.submitted
    if (state !== undefined) writer.emit({ type: 'state-snapshot', state })
  }

  /** The message was routed to this skill: it owns the task. */
  assign(skill: Skill): void {
    this.skill = skill
    if (this.writer !== undefined && this.writer.facts.skillId !== skill.id) this.writer.setFacts({ skillId: skill.id })
  }

  /** Says that something happened, on behalf of a handler. */
  emit(event: RunEvent): void {
    if (this.#isOver) return
    checkEmitted(event)
    const writer = this.promote()
    if (isProgress(event)) this.hasProgressed = true
    if (event.type === 'text-delta') (this.#texts ??= new Set()).add(event.messageId)
    writer.emit(event)
    if (event.type === 'usage') this.#use(event)
  }

  /** A budget is hard: a handler that goes on all the same is stopped. */
  #use({ usage }: UsageEvent): void {
    const { budget } = this.limits
    budget.add(usage)
    try {
      budget.check()
    } catch (error) {
      this.abort.abort(error as PfError)
      throw error
    }
  }

  /** What the task has used stands with it; where the run is none yet, once it is. */
  keepUsage(usage: Usage): void {
    this.writer?.setFacts({ usage })
  }

  committed(events: readonly RunEvent[], firstSeq: number): void {
    const writer = this.writer as TaskWriter
    // Whoever ends within one commit needs nobody to look after it.
    if (!this.#isOver && writer.leaseToken !== undefined) this.host.watch.add(writer.key.taskId, this)
    announce(this.services, writer.key, events, firstSeq, this.submitted.onEvents)
  }

  lost(error: PfError): void {
    this.abort.abort(error)
  }

  /** Waits for something, within the run's deadline and as long as nobody aborts it. */
  guard<T>(promise: PromiseLike<T>): Promise<T> {
    this.abort.at(this.limits.deadline, () => this.limits.timeout())
    return this.abort.race(promise)
  }

  /** Does something once the run is over and stored. */
  onClose(cleanup: () => void): void {
    if (this.#isClosed) cleanup()
    else (this.#cleanups ??= []).push(cleanup)
  }

  /** The answer stands: what a handler that still runs emits is ignored. */
  seal(): void {
    this.#isOver = true
  }

  /** The run is over: it leaves neither timers nor listeners. */
  close(): void {
    this.#isOver = this.#isClosed = true
    this.abort.settle()
    if (this.writer !== undefined) this.host.watch.delete(this.writer.key.taskId, this)
    const cleanups = this.#cleanups
    this.#cleanups = undefined
    if (cleanups !== undefined) for (const cleanup of cleanups) cleanup()
  }

  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void {
    const { contextId, runId, writer } = this
    const entry = { runId, contextId, ...(writer && { taskId: writer.key.taskId }), ...fields }
    const secrets = this.#secrets
    if (secrets === undefined) this.services.logger.log(level, message, entry)
    else this.services.logger.log(level, redact(message, secrets), redact(entry, secrets))
  }

  /** From now on this value is not logged. */
  keepSecret(value: string): void {
    ;(this.#secrets ??= new Set()).add(value)
  }
}
