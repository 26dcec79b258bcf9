import type { Agent } from '../agent/agent'
import { agentEnginePort } from '../engine/agent-engine'
import { PfError } from '../error/pf-error'
import { missing } from '../feature/assemble'
import { isTerminal } from '../model/task-state'
import { clockPort, systemClock } from '../port/clock'
import { conversationPort } from '../port/conversation'
import { keyValuePort } from '../port/key-value'
import type { Port, Ports } from '../port/port'
import { randomPort, systemRandom } from '../port/random'
import { runStorePort, type StoredTask, type TaskPage } from '../port/run-store'
import type { Principal, TaskKey } from '../port/scope'
import { loggerPort } from '../port/services'
import { consoleLogger } from '../port/console-logger'
import type { AgentRuntime, ListInput, RunOutcome, Submission, SubmitInput } from './agent-runtime'
import { Follower } from './follower'
import { followUp } from './follow-up'
import type { RuntimeOptions, RuntimeServices } from './options'
import { isLost, loadLive } from './recover'
import { Router } from './routing'
import { Run, type RunHost } from './run'
import { Serializer } from './serializer'
import { RunWatch } from './watch'

/** How often a cancel is tried against a task that keeps changing. */
const cancelTries = 20

/**
 * Makes the runtime of one agent over the services that are bound.
 * @throws PfError PF_FEATURE_MISSING where the agent has a model and nothing provides an engine, or a store is missing.
 */
export function createRuntime(agent: Agent, ports: Ports, options: RuntimeOptions = {}): AgentRuntime {
  if (agent.model !== undefined && ports.find(agentEnginePort) === undefined) {
    throw missing(agentEnginePort as Port<unknown>, `the agent "${agent.name}" has a model`)
  }
  const services: RuntimeServices = {
    ports,
    store: ports.get(runStorePort),
    conversation: ports.get(conversationPort),
    keyValue: ports.get(keyValuePort),
    clock: ports.find(clockPort) ?? systemClock,
    random: ports.find(randomPort) ?? systemRandom,
    logger: ports.find(loggerPort) ?? consoleLogger,
  }
  return new Runtime(agent, services, options)
}

class Runtime implements AgentRuntime {
  readonly #services: RuntimeServices
  readonly #tenant: string
  readonly #host: RunHost
  readonly #watch: RunWatch
  readonly #serializer: Serializer
  readonly #live = new Set<Promise<unknown>>()
  #closed = false

  constructor(agent: Agent, services: RuntimeServices, options: RuntimeOptions) {
    this.#services = services
    this.#tenant = options.tenant ?? ''
    this.#watch = new RunWatch(services, options.watchMs ?? 1000)
    this.#serializer = new Serializer(options.concurrency ?? { whenBusy: 'queue' })
    this.#host = {
      agent,
      router: new Router(agent),
      services,
      tenant: this.#tenant,
      leaseMs: options.leaseMs ?? 30_000,
      deadlineMs: options.deadlineMs ?? 600_000,
      watch: (run) => this.#watch.add(run),
      forget: (run) => this.#watch.delete(run),
    }
  }

  get activeRuns(): number {
    return this.#live.size
  }

  submit(input: SubmitInput): Submission {
    const follower = new Follower(input.asTask === true)
    const outcome = this.#begin(input, follower)
    this.#live.add(outcome)
    const over = (): void => {
      this.#live.delete(outcome)
    }
    outcome.then(over, over)
    input.waitUntil?.(outcome.catch(() => {}))
    return follower.submission(outcome)
  }

  async #begin(input: SubmitInput, follower: Follower): Promise<RunOutcome> {
    if (this.#closed) throw new PfError('PF_OVERLOADED', 'The agent is shutting down. Try again later.', { retryAfterMs: 5000 })
    const { taskId, contextId } = input.message
    if (taskId !== undefined) return this.#goOn(input, taskId, follower)
    if (contextId === undefined) return this.#run(input, this.#services.random.id(), follower)
    const entered = this.#serializer.enter(this.#turnKey(input.principal, contextId))
    const release = entered instanceof Promise ? await entered : entered
    try {
      return await this.#run(input, contextId, follower)
    } finally {
      release()
    }
  }

  #run(input: SubmitInput, contextId: string, follower: Follower): Promise<RunOutcome> {
    const run = new Run(this.#host, input, contextId)
    follower.follow(run)
    run.outcome = run.start(input.asTask === true)
    return run.outcome
  }

  async #goOn(input: SubmitInput, taskId: string, follower: Follower): Promise<RunOutcome> {
    const key = this.#key(taskId, input.principal)
    let stored = await this.#mustLoad(key)
    const entered = this.#serializer.enter(this.#turnKey(input.principal, stored.task.contextId))
    const queued = entered instanceof Promise
    const release = queued ? await entered : entered
    try {
      // Whoever was before us may have changed the task.
      if (queued) stored = await this.#mustLoad(key)
      return await followUp(this.#host, input, stored, follower)
    } finally {
      release()
    }
  }

  async task(taskId: string, principal: Principal): Promise<StoredTask | undefined> {
    return loadLive(this.#services, this.#key(taskId, principal))
  }

  async list({ principal, ...query }: ListInput): Promise<TaskPage> {
    const full = { ...query, scope: { tenant: this.#tenant, principalId: principal.id } }
    for (;;) {
      const page = await this.#services.store.list(full)
      const now = this.#services.clock.now()
      const lost = page.tasks.filter((one) => isLost(one, now))
      if (lost.length === 0) return page
      // Failing them changes the order: the page is read again.
      for (const one of lost) await loadLive(this.#services, one.key)
    }
  }

  async cancel(taskId: string, principal: Principal): Promise<StoredTask> {
    const key = this.#key(taskId, principal)
    for (let attempt = 0; attempt < cancelTries; attempt++) {
      const stored = await this.#mustLoad(key)
      const { state } = stored.task.status
      if (state === 'canceled') return stored
      if (isTerminal(state)) throw new PfError('PF_TASK_NOT_CANCELABLE', undefined, { details: { taskId, state } })
      const local = this.#localRun(key)
      if (local !== undefined) {
        const outcome = local.outcome
        local.run.cancel()
        await outcome?.catch(() => {})
        continue
      }
      if (await this.#commitCanceled(stored)) return this.#mustLoad(key)
    }
    throw new PfError('PF_STORE_CONFLICT', 'The task kept changing while it was being canceled. Try again.', { retryable: true })
  }

  async close({ graceMs = 10_000 }: { graceMs?: number } = {}): Promise<void> {
    this.#closed = true
    const { clock } = this.#services
    if (this.#live.size > 0) {
      const cancelTimer = { current: () => {} }
      await Promise.race([
        Promise.allSettled(this.#live),
        new Promise<void>((resolve) => {
          cancelTimer.current = clock.after(graceMs, resolve)
        }),
      ])
      cancelTimer.current()
      for (const run of [...this.#watch.runs]) run.abort.abort(new PfError('PF_RUN_LOST', 'The agent was shut down while the run was under way. Send a new message to begin again.'))
      await Promise.allSettled(this.#live)
    }
    this.#watch.close()
  }

  #localRun(key: TaskKey): { run: Run; outcome: Promise<unknown> | undefined } | undefined {
    for (const run of this.#watch.runs) {
      const at = run.writer?.key
      if (at?.taskId === key.taskId && at.principalId === key.principalId && at.tenant === key.tenant && !run.over) return { run, outcome: run.outcome }
    }
    return undefined
  }

  /** False where somebody changed the task meanwhile. The run that works on it, wherever it is, finds out by its next commit or look. */
  async #commitCanceled(stored: StoredTask): Promise<boolean> {
    const status = { state: 'canceled' as const, timestamp: new Date(this.#services.clock.now()).toISOString() }
    const open = (stored.facts.interrupts ?? []).filter((one) => one.status === 'open')
    try {
      await this.#services.store.commit({
        key: stored.key,
        expectedVersion: stored.version,
        force: true,
        lease: 'release',
        events: [...open.map((one) => ({ type: 'interrupt-end' as const, interruptId: one.id, status: 'canceled' as const })), { type: 'status', status }],
        snapshot: { ...stored.task, status },
        ...(open.length > 0 && { facts: { interrupts: stored.facts.interrupts?.map((one) => (one.status === 'open' ? { ...one, status: 'canceled' as const } : one)) } }),
      })
      return true
    } catch (error) {
      if (PfError.is(error, 'PF_STORE_CONFLICT')) return false
      throw error
    }
  }

  async #mustLoad(key: TaskKey): Promise<StoredTask> {
    const stored = await loadLive(this.#services, key)
    if (stored === undefined) throw new PfError('PF_TASK_NOT_FOUND', undefined, { details: { taskId: key.taskId } })
    return stored
  }

  #key(taskId: string, principal: Principal): TaskKey {
    return { tenant: this.#tenant, principalId: principal.id, taskId }
  }

  #turnKey(principal: Principal, contextId: string): string {
    return JSON.stringify([principal.id, contextId])
  }
}
