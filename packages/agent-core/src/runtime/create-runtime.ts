import type { Agent } from '../agent/agent'
import { agentEnginePort } from '../engine/agent-engine'
import { PfError } from '../error/pf-error'
import { missing } from '../feature/assemble'
import { isTerminal } from '../model/task-state'
import { clockPort, systemClock } from '../port/clock'
import { consoleLogger } from '../port/console-logger'
import { type ContextTurn, type ContextTurns, contextTurnsPort } from '../port/context-turns'
import { conversationPort } from '../port/conversation'
import { deliveriesPort } from '../port/deliveries'
import { keyValuePort } from '../port/key-value'
import type { Port, Ports } from '../port/port'
import { randomPort, systemRandom } from '../port/random'
import { type Awaitable, runStorePort, type StoredTask, type TaskPage } from '../port/run-store'
import type { Principal, TaskKey } from '../port/scope'
import { loggerPort } from '../port/services'
import type { AgentRuntime, ListInput, RunOutcome, Submission, SubmitInput } from './agent-runtime'
import { andFinally, chain, isPromise } from './awaitable'
import { startRun } from './carry-out'
import { endStored } from './end-stored'
import { bindAnswers, followUp } from './follow-up'
import { Follower } from './follower'
import type { RuntimeOptions, RuntimeServices } from './options'
import { listLive, loadLive } from './overdue'
import { Router } from './routing'
import { Run } from './run'
import type { RunHost } from './run-host'
import { Turns } from './turns'
import { RunWatch } from './watch'

/** How often a cancel is tried against a task that keeps changing. */
const cancelTries = 20
/** Milliseconds that aborted runs have to store their end. */
const lastWaitMs = 5000

/**
 * Makes the runtime of one agent over the services that are bound.
 * @throws PfError PF_FEATURE_MISSING where the agent has a model and nothing provides an engine, or a store is missing;
 * PF_CONFIG_INVALID where a schema of a skill can't be used.
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
    deliveries: ports.find(deliveriesPort),
  }
  const host: RunHost = {
    agent,
    router: new Router(agent, options.schemaSteps),
    services,
    watch: new RunWatch(services, options.watchMs ?? 1000),
    tenant: options.tenant ?? '',
    leaseMs: options.leaseMs ?? 30_000,
    deadlineMs: options.deadlineMs ?? 600_000,
  }
  return new Runtime(host, new Turns(options.concurrency ?? { whenBusy: 'queue' }), ports.find(contextTurnsPort))
}

class Runtime implements AgentRuntime {
  readonly #host: RunHost
  readonly #turns: Turns
  /** Turns among instances, where no one process serves all requests. */
  readonly #sharedTurns: ContextTurns | undefined
  /** Runs under way or waiting for their turn, with what they come to. */
  readonly #live = new Map<Follower, Promise<unknown>>()
  #isClosed = false

  constructor(host: RunHost, turns: Turns, sharedTurns: ContextTurns | undefined) {
    this.#host = host
    this.#turns = turns
    this.#sharedTurns = sharedTurns
  }

  get activeRuns(): number {
    return this.#live.size
  }

  submit(submitted: SubmitInput): Submission {
    const follower = new Follower(submitted.asTask === true)
    const outcome = this.#outcome(submitted, follower)
    submitted.waitUntil?.(outcome.catch(() => {}))
    return follower.submission(outcome)
  }

  /** What a run comes to. Whoever does not look at it is not punished for that. */
  #outcome(submitted: SubmitInput, follower: Follower): Promise<RunOutcome> {
    let outcome: Awaitable<RunOutcome>
    try {
      outcome = this.#begin(submitted, follower)
    } catch (error) {
      const refused = Promise.reject<RunOutcome>(error as Error)
      refused.catch(() => {})
      return refused
    }
    if (!isPromise(outcome)) return Promise.resolve(outcome)
    const over = (): void => {
      this.#live.delete(follower)
    }
    this.#live.set(follower, outcome as Promise<RunOutcome>)
    outcome.then(over, over)
    return outcome as Promise<RunOutcome>
  }

  #begin(submitted: SubmitInput, follower: Follower): Awaitable<RunOutcome> {
    if (this.#isClosed)
      throw new PfError('PF_OVERLOADED', 'The agent is shutting down. Try again later.', { retryAfterMs: 5000 })
    const { message, principal } = submitted
    if (message.taskId !== undefined) return this.#goOn(submitted, message.taskId, follower)
    const contextId = message.contextId ?? this.#host.services.random.id()
    return this.#inTurn(principal, contextId, submitted, follower, () => {
      const turn = this.#sharedTurn(submitted, contextId, follower)
      if (turn === undefined) return this.#start(submitted, contextId, follower)
      if (message.contextId === undefined)
        return turn.during(() => this.#startNew(submitted, contextId, follower, turn))
      return turn.during(() => chain(turn.take(false), () => this.#start(submitted, contextId, follower)))
    })
  }

  #start(submitted: SubmitInput, contextId: string, follower: Follower): Awaitable<RunOutcome> {
    const run = new Run(this.#host, submitted, contextId)
    follower.follow(run)
    return startRun(run, follower.wantsTask ? follower.stored : undefined)
  }

  /** A run in a new context: nobody knows its id before the first commit, so that only a run that goes on behind it needs the turn. */
  #startNew(submitted: SubmitInput, contextId: string, follower: Follower, turn: ContextTurn): Awaitable<RunOutcome> {
    const { beforeTask } = submitted
    const takeTurn = (key: TaskKey): Awaitable<void> =>
      chain(beforeTask?.(key), () => (follower.isOver ? undefined : turn.take(true)))
    return this.#start({ ...submitted, beforeTask: takeTurn }, contextId, follower)
  }

  async #goOn(submitted: SubmitInput, taskId: string, follower: Follower): Promise<RunOutcome> {
    const key = this.#key(taskId, submitted.principal)
    const { watch } = this.#host
    const arrival = watch.arrived(key)
    const found = await this.#mustLoad(key).finally(() => watch.known(arrival))
    const bound = bindAnswers(submitted, found, arrival.asked ?? found.facts.interrupts)
    return this.#inTurn(submitted.principal, found.task.contextId, submitted, follower, async (hasWaited) => {
      follower.check()
      const turn = this.#sharedTurn(submitted, found.task.contextId, follower)
      const goOn = async (): Promise<RunOutcome> => {
        // Whoever was before us may have changed the task.
        const stored = hasWaited ? await this.#mustLoad(key) : found
        return followUp(this.#host, bound, stored, (run) => {
          follower.follow(run)
          follower.stored()
        })
      }
      return turn === undefined ? goOn() : turn.during(() => chain(turn.take(false), goOn))
    })
  }

  /** The turn to take where instances share a store. */
  #sharedTurn({ principal, deadline }: SubmitInput, contextId: string, follower: Follower): ContextTurn | undefined {
    const { tenant, leaseMs, deadlineMs, agent, services } = this.#host
    const { clock, logger } = services
    return this.#sharedTurns?.turn({
      scope: { tenant, principalId: principal.id },
      contextId,
      latest: Math.min(clock.now() + (agent.deadlineMs ?? deadlineMs), deadline ?? Infinity),
      leaseMs,
      clock,
      logger,
      onLost: (error) => follower.abort(error),
    })
  }

  /** Works while nobody else works in this context. */
  #inTurn(
    principal: Principal,
    contextId: string,
    { deadline, whenBusy, caller }: SubmitInput,
    follower: Follower,
    work: (hasWaited: boolean) => Awaitable<RunOutcome>,
  ): Awaitable<RunOutcome> {
    const entered = this.#turns.enter(principal.id, contextId, whenBusy !== 'reject')
    if (typeof entered === 'function') return andFinally(() => work(false), entered)
    const { clock } = this.#host.services
    const giveUp =
      deadline === undefined
        ? undefined
        : clock.after(deadline - clock.now(), () => entered.leave(new PfError('PF_RUN_TIMEOUT')))
    return follower
      .wait(entered, caller)
      .finally(giveUp)
      .then((end) =>
        andFinally(() => {
          follower.check()
          return work(true)
        }, end),
      )
  }

  async task(taskId: string, principal: Principal): Promise<StoredTask | undefined> {
    return loadLive(this.#host, this.#key(taskId, principal))
  }

  async list({ principal, ...query }: ListInput): Promise<TaskPage> {
    return listLive(this.#host, { ...query, scope: { tenant: this.#host.tenant, principalId: principal.id } })
  }

  async cancel(taskId: string, principal: Principal): Promise<StoredTask> {
    const key = this.#key(taskId, principal)
    for (let attempt = 0; attempt < cancelTries; attempt++) {
      const stored = await this.#mustLoad(key)
      const { state } = stored.task.status
      if (state === 'canceled') return stored
      if (isTerminal(state)) throw new PfError('PF_TASK_NOT_CANCELABLE', undefined, { details: { taskId, state } })
      const run = this.#host.watch.find(key)
      if (run !== undefined) {
        run.abort.abort(new PfError('PF_RUN_CANCELED'))
        await new Promise<void>((resolve) => run.onClose(resolve))
      } else if (await endStored(this.#host.services, stored, 'canceled')) return this.#mustLoad(key)
    }
    throw new PfError('PF_STORE_CONFLICT', 'The task kept changing while it was being canceled. Try again.', {
      retryable: true,
    })
  }

  async close({ graceMs = 10_000 }: { graceMs?: number } = {}): Promise<void> {
    this.#isClosed = true
    if (await this.#emptyWithin(graceMs)) return
    const reason = new PfError(
      'PF_RUN_LOST',
      'The agent was shut down while the run was under way. Send a new message to begin again.',
    )
    for (const follower of this.#live.keys()) follower.abort(reason)
    await this.#emptyWithin(lastWaitMs)
  }

  /** Whether all runs ended in time. */
  async #emptyWithin(ms: number): Promise<boolean> {
    if (this.#live.size === 0) return true
    let cancelTimer = (): void => {}
    const isLate = new Promise<boolean>((resolve) => {
      cancelTimer = this.#host.services.clock.after(ms, () => resolve(false))
    })
    const areOver = Promise.allSettled(this.#live.values()).then(() => true)
    const result = await Promise.race([areOver, isLate])
    cancelTimer()
    return result
  }

  async #mustLoad(key: TaskKey): Promise<StoredTask> {
    const stored = await loadLive(this.#host, key)
    if (stored === undefined) throw new PfError('PF_TASK_NOT_FOUND', undefined, { details: { taskId: key.taskId } })
    return stored
  }

  #key(taskId: string, principal: Principal): TaskKey {
    return { tenant: this.#host.tenant, principalId: principal.id, taskId }
  }
}
