import {
  type Clock,
  type FeatureContext,
  isActive,
  type JsonValue,
  type KeyValue,
  type LogLevel,
  PfError,
  type Random,
  type RunContext,
} from '@pf-agents/agent-core'
import type { AnswerTimeouts, TimedQuestion } from './answer-timeouts'

/** What timeouts are kept with. */
export interface KeptTimeoutsOptions {
  store: KeyValue
  clock: Clock
  random: Random
  agents: FeatureContext['agents']
  log(level: LogLevel, message: string, fields: Record<string, unknown>): void
  /** Questions watched at a time; more of them expire instead. Default 10,000. */
  maxWatched?: number
}

interface Watched extends TimedQuestion {
  /** When to look, milliseconds since 1970: the time may be over then, never before. */
  at: number
  /** When the run is over that asks. */
  until: number
  tenant: string
  principalId: string
  taskId: string
  /** The default was given here. */
  fired?: boolean
}

const prefix = 'pf.interactive-tools/'
/** Milliseconds until a default that could not be given is tried again, and how often. */
const retryMs = 5_000
const tries = 5

/**
 * Watches questions by timers, and keeps them in the key-value store, so that a process that starts again goes on. Where
 * several processes share a store, whichever is first gives the default.
 */
export class KeptTimeouts implements AnswerTimeouts {
  readonly #options: KeptTimeoutsOptions
  readonly #timers = new Map<string, () => void>()
  #isLoaded: Promise<void> | undefined

  constructor(options: KeptTimeoutsOptions) {
    this.#options = options
  }

  /** Questions that are watched in this process. */
  get watched(): number {
    return this.#timers.size
  }

  async watch(context: RunContext, question: TimedQuestion): Promise<boolean> {
    if (this.#timers.size >= (this.#options.maxWatched ?? 10_000)) return false
    const { tenant, principal, task, deadline: until } = context
    const at = this.#options.clock.now() + question.timeoutMs
    const watched: Watched = { ...question, at, until, tenant, principalId: principal.id, taskId: task.id }
    try {
      await this.#options.store.set(keyOf(watched), watched as unknown as JsonValue)
    } catch (error) {
      this.#options.log('warn', 'A question expires instead of taking its default.', { error: String(error) })
      return false
    }
    this.#arm(watched)
    return true
  }

  async settle({ tenant, principal, task }: RunContext, toolCallId: string): Promise<boolean> {
    const key = keyOf({ tenant, principalId: principal.id, taskId: task.id, toolCallId })
    this.#disarm(key)
    const found = (await this.#options.store.get(key))?.value as unknown as Watched | undefined
    if (found === undefined) return false
    await this.#options.store.delete(key)
    return found.fired === true
  }

  /** Watches what an earlier process was watching. Called with the first request: an app that is made does no I/O. */
  load(): Promise<void> {
    return (this.#isLoaded ??= this.#load())
  }

  close(): void {
    for (const key of [...this.#timers.keys()]) this.#disarm(key)
  }

  async #load(): Promise<void> {
    const { store, log } = this.#options
    try {
      let after: string | undefined
      for (;;) {
        const keys: string[] = await store.keys(prefix, { limit: 500, ...(after !== undefined && { after }) })
        for (const key of keys) {
          const found = (await store.get(key))?.value as unknown as Watched | undefined
          if (found !== undefined && !this.#timers.has(key)) this.#arm(found)
        }
        after = keys.at(-1)
        if (after === undefined || keys.length < 500) return
      }
    } catch (error) {
      this.#isLoaded = undefined
      log('warn', 'Questions that wait for their default could not be read.', { error: String(error) })
    }
  }

  #arm(watched: Watched, attempt = 1, ms = Math.max(0, watched.at - this.#options.clock.now())): void {
    const key = keyOf(watched)
    this.#disarm(key)
    this.#timers.set(
      key,
      this.#options.clock.after(ms, () => {
        this.#timers.delete(key)
        void this.#fire(watched, attempt)
      }),
    )
  }

  #disarm(key: string): void {
    this.#timers.get(key)?.()
    this.#timers.delete(key)
  }

  /** Gives the default as the answer. */
  async #fire(watched: Watched, attempt: number): Promise<void> {
    const { store, agents, random, log, clock } = this.#options
    const { tenant, principalId, taskId, toolCallId, payload, timeoutMs } = watched
    // Timers can not be set for longer than 24 days.
    if (watched.at > clock.now()) return this.#arm(watched)
    const key = keyOf(watched)
    try {
      const runtime = agents.find((one) => one.tenant === tenant)?.runtime
      const stored = await runtime?.task(taskId, { id: principalId })
      const open = stored?.facts.interrupts?.find((one) => one.toolCallId === toolCallId && one.status === 'open')
      const now = clock.now()
      if (runtime === undefined || stored === undefined || open === undefined) {
        // A run asks once it has nothing else to do, and is stored by then at the latest. The time begins at that.
        const isToCome = stored === undefined ? now < watched.until : isActive(stored.task.status.state)
        if (runtime !== undefined && isToCome) this.#arm({ ...watched, at: now + timeoutMs })
        else await store.delete(key)
        return
      }
      const at = Date.parse(open.defaultAt ?? '')
      if (at > now) return this.#arm({ ...watched, at })
      await store.set(key, { ...watched, fired: true } as unknown as JsonValue)
      const { task } = await runtime.submit({
        message: { messageId: random.id(), role: 'user', parts: [], taskId },
        principal: stored.facts.principal,
        answers: [{ interruptId: open.id, status: 'resolved', payload }],
      }).outcome
      // The run could not go on for a reason that may pass, and has asked anew.
      if (task?.facts.interrupts?.some(({ id, status }) => id === open.id && status === 'open')) {
        await store.set(key, watched as unknown as JsonValue)
        throw new Error('The run could not go on.')
      }
    } catch (error) {
      // Somebody answered at the same moment, or another process gave the default.
      if (PfError.is(error, 'PF_INTERRUPT_ANSWERED') || PfError.is(error, 'PF_TASK_TERMINAL')) return
      log('warn', 'The default of a question could not be given.', {
        taskId,
        toolCallId,
        attempt,
        error: String(error),
      })
      if (attempt < tries) this.#arm(watched, attempt + 1, retryMs * attempt)
    }
  }
}

function keyOf({
  tenant,
  principalId,
  taskId,
  toolCallId,
}: Pick<Watched, 'tenant' | 'principalId' | 'taskId' | 'toolCallId'>): string {
  return prefix + [tenant, principalId, taskId, toolCallId].map(encodeURIComponent).join('/')
}
