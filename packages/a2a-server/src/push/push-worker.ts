import { createHash } from 'node:crypto'
import { type Logger, type Outbox, type OutboxEntry, PfError, type Random } from '@pf-agents/agent-core'
import { backoffDelay } from '@pf-agents/http-kit'
import type { StoredConfig } from './config-record'
import type { ConfigStore } from './config-store'
import { deliver, type DeliveryResult, type DeliveryTools } from './deliver'
import { HostGate } from './host-gate'
import { later } from './later'
import { type Notification, notificationOf, topic } from './notification'
import type { PushSettings } from './options'

/** What {@link PushWorker} is made of. */
export interface PushWorkerParts extends Omit<DeliveryTools, 'timeoutMs'> {
  readonly outbox: Outbox
  readonly configs: ConfigStore
  readonly random: Random
  readonly logger: Logger
  readonly settings: PushSettings
}

/** An entry that was taken, with what it takes to deliver it. */
interface Job {
  entry: OutboxEntry
  notification: Notification
  config: StoredConfig
  origin: string
  /** Until when nobody else takes it: an attempt has to be over by then. */
  hiddenUntil: number
}

/** Entries that may be held while their host is busy. */
const maxWaiting = 256
/** Milliseconds that an entry stays hidden beyond the timeout of its attempt, at least; a third of the timeout if that is more. */
const graceMs = 1_000
/** Longest wait that a receiver may ask for, in milliseconds. */
const maxRetryAfterMs = 3_600_000
/** Shortest wait before another try, in milliseconds. */
const minRetryMs = 100
/** Milliseconds that deliveries under way have to end when the app is closed. */
const drainMs = 2_000
/** Milliseconds between two lines in the log that say that the outbox can't be read. */
const quietMs = 60_000

/**
 * Delivers what the outbox owes: at least once, in order per config, with waits that grow, within bounds. An entry is
 * hidden while it is tried and settled only behind a good answer: of a process that dies, another one, or the next, takes
 * them over.
 */
export class PushWorker {
  readonly #parts: PushWorkerParts
  readonly #gate: HostGate
  readonly #hideMs: number
  readonly #abort = new AbortController()
  readonly #active = new Set<Promise<void>>()
  #waiting: Job[] = []
  #isPumping = false
  #isAskedAgain = false
  #isClosed = false
  #cancelTimer: (() => void) | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(parts: PushWorkerParts) {
    this.#parts = parts
    this.#gate = new HostGate(parts.clock, parts.settings.concurrencyPerHost)
    const { timeoutMs } = parts.settings
    this.#hideMs = timeoutMs + Math.max(graceMs, timeoutMs / 3)
  }

  /** Begins to look for what is owed: at once, then again and again. */
  start(): void {
    this.#schedule(0)
  }

  /** Something is owed. */
  wake(): void {
    if (this.#isClosed) return
    this.#isAskedAgain = true
    if (!this.#isPumping) void this.#pump()
  }

  /** Waits a little for deliveries under way, and breaks off the rest: they come again. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#waiting = []
    const stop = setTimeout(() => this.#abort.abort(new PfError('PF_RUN_CANCELED')), drainMs)
    await Promise.all(this.#active)
    clearTimeout(stop)
  }

  async #pump(): Promise<void> {
    this.#isPumping = true
    try {
      while (this.#isAskedAgain && !this.#isClosed) {
        this.#isAskedAgain = false
        this.#startWaiting()
        await this.#take()
      }
    } catch (error) {
      // A store that can't be reached now may be later.
      const { clock, logger } = this.#parts
      if (!this.#isClosed && clock.now() - this.#loggedAt > quietMs) {
        this.#loggedAt = clock.now()
        logger.log('error', 'The outbox of push notifications could not be read.', { error: String(error) })
      }
    } finally {
      this.#isPumping = false
      this.#schedule(this.#parts.settings.pollMs)
    }
  }

  async #take(): Promise<void> {
    const { outbox, clock, settings } = this.#parts
    const limit = Math.min(settings.concurrency - this.#active.size, maxWaiting - this.#waiting.length)
    if (limit <= 0) return
    const now = clock.now()
    const hideUntil = now + this.#hideMs
    const entries = await outbox.take({ topic, now, hideUntil, limit })
    // There may be more.
    if (entries.length === limit) this.#isAskedAgain = true
    for (const entry of entries) {
      const job = await this.#jobOf(entry, hideUntil)
      if (job === undefined) {
        await outbox.settle(entry.id)
        this.#isAskedAgain = true
      } else this.#offer(job)
    }
  }

  /** What an entry comes to; `undefined` where its config is gone. */
  async #jobOf(entry: OutboxEntry, hiddenUntil: number): Promise<Job | undefined> {
    const notification = notificationOf(entry)
    const config = (await this.#parts.configs.configs(notification.key)).find(
      ({ nonce }) => nonce === notification.nonce,
    )
    return config && { entry, notification, config, origin: new URL(config.url).origin, hiddenUntil }
  }

  #offer(job: Job): void {
    const { clock, settings } = this.#parts
    // Too late for a whole attempt, or the host rests: it comes again when it is no longer hidden.
    if (job.hiddenUntil - clock.now() < settings.timeoutMs) return
    const state = this.#active.size < settings.concurrency ? this.#gate.look(job.origin) : 'busy'
    if (state === 'busy') this.#waiting.push(job)
    else if (state === 'open') {
      this.#gate.begin(job.origin)
      const work: Promise<void> = this.#work(job).finally(() => {
        this.#active.delete(work)
        this.wake()
      })
      this.#active.add(work)
    }
  }

  #startWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const job of waiting) this.#offer(job)
  }

  async #work(job: Job): Promise<void> {
    const { entry, config, notification, origin } = job
    const { settings, logger } = this.#parts
    const id = createHash('sha256').update(entry.id).digest('base64url').slice(0, 32)
    const result = await deliver(config, notification.event, id, this.#abort.signal, {
      ...this.#parts,
      timeoutMs: settings.timeoutMs,
    })
    try {
      const waitMs = result.outcome === 'failed' ? result.retryAfterMs : undefined
      this.#gate.end(origin, result.outcome !== 'failed' || result.isUp, waitMs)
      await this.#conclude(job, result)
    } catch (error) {
      logger.log('error', 'What became of a push notification could not be stored: it comes again.', {
        taskId: notification.key.taskId,
        error: String(error),
      })
    }
  }

  async #conclude({ entry, notification, config, origin }: Job, result: DeliveryResult): Promise<void> {
    const { outbox, configs, clock, random, settings, logger } = this.#parts
    const { key, nonce, isLast, at } = notification
    if (result.outcome === 'delivered') {
      await outbox.settle(entry.id)
      if (isLast) await configs.remove(key, nonce, true)
      return
    }
    const told = { taskId: key.taskId, config: config.id, host: origin, attempts: entry.attempts + 1 }
    if (result.outcome === 'gone') {
      logger.log('info', 'A receiver of push notifications is gone: its config was dropped.', told)
      await configs.remove(key, nonce, isLast)
      await outbox.settle(entry.id)
      return
    }
    const now = clock.now()
    if (entry.attempts + 1 >= settings.maxAttempts || now - at >= settings.maxAgeMs) {
      logger.log('warn', 'A receiver of push notifications was given up on: its config was dropped.', {
        ...told,
        reason: result.reason,
      })
      await configs.remove(key, nonce, isLast)
      await outbox.settle(entry.id)
      return
    }
    logger.log('debug', 'A push notification could not be delivered: it is tried again.', {
      ...told,
      reason: result.reason,
    })
    const backoff = backoffDelay(
      entry.attempts,
      { baseMs: settings.retryBaseMs, maxMs: settings.retryMaxMs },
      random.fraction(),
    )
    const asked = Math.min(result.retryAfterMs ?? 0, maxRetryAfterMs)
    const waitMs = Math.max(minRetryMs, asked + backoff)
    await outbox.postpone(entry.id, now + waitMs)
    this.#schedule(waitMs)
  }

  /** Looks at the outbox in so many milliseconds, or sooner. */
  #schedule(ms: number): void {
    if (this.#isClosed) return
    const { clock } = this.#parts
    const at = clock.now() + ms
    if (at >= this.#timerAt) return
    this.#cancelTimer?.()
    this.#timerAt = at
    this.#cancelTimer = later(clock, ms, () => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.wake()
    })
  }
}
