import { type Clock, isActive, type Logger, type RunStore, type ServedAgent, type TaskKey } from '@pf-agents/agent-core'
import { later } from './later'
import { QuietLog } from './quiet-log'

/** What {@link OverdueWatch} is made of. */
export interface OverdueWatchParts {
  readonly store: Pick<RunStore, 'overdue' | 'head'>
  readonly agents: readonly Pick<ServedAgent, 'tenant' | 'runtime'>[]
  readonly clock: Clock
  readonly logger: Logger
  readonly pollMs: number
}

/** Tasks that the store is asked for at a time. */
const batch = 100
/** How many are read at a time. */
const atOnce = 16
/**
 * Milliseconds, by timers, that a lease has to be over before its run counts as dead. The wall clock may be set forward, or
 * have gone on while the machine slept: every lease is over then, and whoever holds one has to have the time to renew it,
 * which is looked at every second.
 */
const graceMs = 5_000
/** Milliseconds before a task that could not be read is read again. */
const brokenMs = 60_000
/** Tasks of which that is kept in mind; with one more, of none. */
const maxBroken = 1_000

/**
 * Reads the tasks that can't go on any more, because the process that worked on them died or their question was not
 * answered in time: a read fails them, by compare-and-set, so that of several readers in several processes one does, and
 * their webhooks are told. Whoever waits for a webhook does not read.
 */
export class OverdueWatch {
  readonly #parts: OverdueWatchParts
  readonly #log: QuietLog
  #isClosed = false
  #cancelTimer = (): void => {}
  #work: Promise<void> = Promise.resolve()
  /** What the clock said at each of the last looks, which are `pollMs` apart by timers, however it was set meanwhile. */
  readonly #times: number[] = []
  /** Tasks that can't be read, with the number of the look at which they are tried again. */
  readonly #broken = new Map<string, number>()
  #looks = 0

  constructor(parts: OverdueWatchParts) {
    this.#parts = parts
    this.#log = new QuietLog(parts)
  }

  /** Begins to look, again and again. */
  start(): void {
    if (this.#isClosed) return
    this.#cancelTimer = later(this.#parts.clock, this.#parts.pollMs, () => {
      this.#work = this.#look().finally(() => this.start())
    })
  }

  /** Ends when what is under way has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer()
    await this.#work
  }

  async #look(): Promise<void> {
    const now = this.#parts.clock.now()
    const lostAt = this.#lostAt(now)
    this.#looks++
    try {
      for (const agent of this.#parts.agents) await this.#lookAt(agent, now, lostAt)
    } catch (error) {
      // A store that can't be reached now may be later.
      if (this.#isClosed) return
      const message = 'Tasks that can not go on any more could not be looked for.'
      this.#log.say('error', message, '', { error: String(error) })
    }
  }

  /** What was over then has not been renewed since, for long enough. */
  #lostAt(now: number): number {
    this.#times.push(now)
    if (this.#times.length <= Math.ceil(graceMs / this.#parts.pollMs)) return Number.NEGATIVE_INFINITY
    // A clock that was set back makes everybody's leases longer.
    return Math.min(now, this.#times.shift() ?? now)
  }

  async #lookAt(agent: OverdueWatchParts['agents'][number], now: number, lostAt: number): Promise<void> {
    const { tenant } = agent
    let after: string | undefined
    do {
      const query = { tenant, now, limit: batch, ...(after !== undefined && { after }) }
      // Those that stay as they are hide none of those behind them: each page begins where the one before it ended.
      const { tasks, next } = await this.#parts.store.overdue(query)
      for (let at = 0; at < tasks.length && !this.#isClosed; at += atOnce)
        await Promise.all(tasks.slice(at, at + atOnce).map((key) => this.#read(agent, key, lostAt)))
      after = next
    } while (after !== undefined && !this.#isClosed)
  }

  /** One that can't be read does not keep back the others. */
  async #read({ runtime }: OverdueWatchParts['agents'][number], key: TaskKey, lostAt: number): Promise<void> {
    const { principalId, taskId } = key
    const name = JSON.stringify([key.tenant, principalId, taskId])
    if ((this.#broken.get(name) ?? 0) > this.#looks) return
    try {
      const head = await this.#parts.store.head(key)
      if (head === undefined || (isActive(head.state) && head.lease !== undefined && head.lease.expiresAt > lostAt))
        return
      await runtime.task(taskId, { id: principalId })
      this.#broken.delete(name)
    } catch (error) {
      if (this.#isClosed) return
      if (this.#broken.size >= maxBroken) this.#broken.clear()
      this.#broken.set(name, this.#looks + Math.ceil(brokenMs / this.#parts.pollMs))
      const message = 'A task that can not go on any more could not be read, and so not be failed.'
      this.#log.say('error', message, name, { ...key, error: String(error) })
    }
  }
}
