import type { Clock, Logger, RunStore, ServedAgent, TaskKey } from '@pf-agents/agent-core'
import { later } from './later'

/** What {@link OverdueWatch} is made of. */
export interface OverdueWatchParts {
  readonly store: Pick<RunStore, 'overdue'>
  readonly agents: readonly Pick<ServedAgent, 'tenant' | 'runtime'>[]
  readonly clock: Clock
  readonly logger: Logger
  readonly pollMs: number
}

/** Tasks that one look asks for, beside those that can't be helped. */
const batch = 100
/** Tasks that can't be helped and are stepped over, at most. */
const maxStuck = 1_000
/** How many are read at a time. */
const atOnce = 16
/** Milliseconds between two lines in the log that say that the store can't be asked. */
const quietMs = 60_000

/**
 * Reads the tasks that can't go on any more, because the process that worked on them died or their question was not
 * answered in time: a read fails them, by compare-and-set, so that of several readers in several processes one does, and
 * their webhooks are told. Whoever waits for a webhook does not read.
 */
export class OverdueWatch {
  readonly #parts: OverdueWatchParts
  #isClosed = false
  #cancelTimer = (): void => {}
  #work: Promise<void> = Promise.resolve()
  /** Tasks of the last look that were still overdue behind it: of other agents, or whose run is alive here though its lease is late. */
  #stuck = 0
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(parts: OverdueWatchParts) {
    this.#parts = parts
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
    const { store, clock, logger } = this.#parts
    try {
      let hasMore = true
      let stuck = this.#stuck
      const seen = new Set<string>()
      while (hasMore && !this.#isClosed) {
        const found = await store.overdue({ now: clock.now(), limit: batch + Math.min(stuck, maxStuck) })
        const fresh = found.filter((key) => !seen.has(nameOf(key)))
        this.#stuck = found.length - fresh.length
        stuck = Math.max(stuck, this.#stuck)
        for (const key of fresh) seen.add(nameOf(key))
        for (let at = 0; at < fresh.length; at += atOnce)
          await Promise.all(fresh.slice(at, at + atOnce).map((key) => this.#read(key)))
        // Also where fewer were found than asked for: those that are overdue still are known by looking again.
        hasMore = fresh.length > 0
      }
    } catch (error) {
      // A store that can't be reached now may be later.
      if (this.#isClosed || clock.now() - this.#loggedAt < quietMs) return
      this.#loggedAt = clock.now()
      logger.log('error', 'Tasks that can not go on any more could not be looked for.', { error: String(error) })
    }
  }

  async #read({ tenant, principalId, taskId }: TaskKey): Promise<void> {
    const agent = this.#parts.agents.find((one) => one.tenant === tenant)
    await agent?.runtime.task(taskId, { id: principalId })
  }
}

function nameOf({ tenant, principalId, taskId }: TaskKey): string {
  return JSON.stringify([tenant, principalId, taskId])
}
