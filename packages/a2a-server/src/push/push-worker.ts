import { createHash } from 'node:crypto'
import { type Logger, type Outbox, type OutboxEntry, PfError, type Random } from '@pf-agents/agent-core'
import { backoffDelay } from '@pf-agents/http-kit'
import type { StoredConfig } from './config-record'
import type { ConfigStore } from './config-store'
import { deliver, type DeliveryResult, type DeliveryTools } from './deliver'
import { fairShare, FairShares } from './fair-shares'
import { HostGate } from './host-gate'
import { later } from './later'
import { type Notification, notificationOf, topic } from './notification'
import { hideMsOf, type PushSettings } from './options'
import { QuickLane, quickMs } from './quick-lane'
import { TurnLine } from './turn-line'

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
  /** Whose it is: a principal of a tenant. */
  caller: string
  /** Until when nobody else takes it: an attempt has to be over by then. */
  hiddenUntil: number
}

/** Entries that may be held until it is their turn, and those of one caller: while others hold some, less. */
const maxWaiting = 256
const maxWaitingPerCaller = 128
/** Longest wait that a receiver may ask for, in milliseconds. */
const maxRetryAfterMs = 3_600_000
/** Shortest wait before another try, in milliseconds. */
const minRetryMs = 100
/** Milliseconds that deliveries under way have to end when the app is closed. */
const drainMs = 2_000
/** Milliseconds between two lines in the log that say that the outbox can't be read. */
const quietMs = 60_000

/**
 * Delivers what the outbox owes: at least once, in order per config, with waits that grow, within bounds, callers in turns:
 * however many receivers of one are slow, those of another do not wait for them. Where the slow ones of many callers have every
 * slot, there is a quick lane for all whose are not known to be slow. An entry is hidden while it is tried and
 * settled only behind a good answer: of a process that dies, another one, or the next, takes them over.
 */
export class PushWorker {
  readonly #parts: PushWorkerParts
  readonly #gate: HostGate
  readonly #hideMs: number
  readonly #abort = new AbortController()
  readonly #active = new Set<Promise<void>>()
  /** What callers have under way. */
  readonly #slots: FairShares
  readonly #quickLane: QuickLane
  readonly #line = new TurnLine<Job>(maxWaitingPerCaller, maxWaiting)
  #isPumping = false
  #isAskedAgain = false
  #isClosed = false
  #cancelTimer: (() => void) | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(parts: PushWorkerParts) {
    this.#parts = parts
    this.#gate = new HostGate(parts.clock, parts.settings.concurrencyPerHost)
    const { concurrency, concurrencyPerCaller } = parts.settings
    this.#slots = new FairShares(concurrencyPerCaller, concurrency)
    this.#quickLane = new QuickLane(Math.floor(concurrency / 4))
    this.#hideMs = hideMsOf(parts.settings)
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
    this.#line.clear()
    const stop = setTimeout(() => this.#abort.abort(new PfError('PF_RUN_CANCELED')), drainMs)
    await Promise.all(this.#active)
    clearTimeout(stop)
  }

  async #pump(): Promise<void> {
    this.#isPumping = true
    try {
      while (this.#isAskedAgain && !this.#isClosed) {
        this.#isAskedAgain = false
        await this.#take()
        if (!this.#isClosed) this.#line.serve((job) => this.#offer(job))
        // Entries of hosts that rest are dropped as they come; many of them are not to hold up everything else.
        if (this.#isAskedAgain) await new Promise((resolve) => setImmediate(resolve))
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
    const { settings } = this.#parts
    const { left } = this.#slots
    if (left === 0) return this.#takeForQuickLane()
    // As many as somebody with nothing under way may begin.
    const { concurrency, concurrencyPerCaller } = settings
    const limit = Math.max(1, Math.floor(fairShare(concurrencyPerCaller, concurrency - left, concurrency)))
    // Who may begin or hold no more is left out.
    await this.#takeSome(limit, [...this.#slots.full(), ...this.#line.full()])
  }

  /** For callers who have nothing under way, and may have something in the quick lane. */
  async #takeForQuickLane(): Promise<void> {
    const { left } = this.#quickLane
    if (left === 0) return
    await this.#takeSome(left, [...this.#slots.names(), ...this.#quickLane.closedTo(), ...this.#line.full()])
  }

  async #takeSome(limit: number, except: readonly string[]): Promise<void> {
    const { outbox, clock } = this.#parts
    const now = clock.now()
    const hideUntil = now + this.#hideMs
    const entries = await outbox.take({ topic, now, hideUntil, limit, except })
    for (const entry of entries) {
      const job = await this.#jobOf(entry, hideUntil)
      if (job === undefined) {
        await outbox.settle(entry.id)
        this.#isAskedAgain = true
      } else this.#line.add(job)
    }
    // There may be more.
    if (entries.length === limit) this.#isAskedAgain = true
  }

  /** What an entry comes to; `undefined` where its config is gone. */
  async #jobOf(entry: OutboxEntry, hiddenUntil: number): Promise<Job | undefined> {
    const notification = notificationOf(entry)
    const config = (await this.#parts.configs.configs(notification.key)).find(
      ({ nonce }) => nonce === notification.nonce,
    )
    // Entries of before there were owners are nobody's, and count as one caller's.
    const { owner: caller = '' } = entry
    return config && { entry, notification, config, origin: new URL(config.url).origin, caller, hiddenUntil }
  }

  #offer(job: Job): 'begun' | 'waits' | 'gone' {
    const { clock, settings } = this.#parts
    // Too late for a whole attempt: it comes again when it is no longer hidden.
    if (job.hiddenUntil - clock.now() < settings.timeoutMs) return 'gone'
    const hasSlot = this.#slots.left > 0 && this.#slots.hasRoom(job.caller)
    const isQuick = !hasSlot && this.#slots.of(job.caller) === 0 && this.#quickLane.isOpenTo(job.caller)
    if (!hasSlot && !isQuick) return 'waits'
    const host = this.#gate.look(hostOf(job))
    if (host === 'busy') return 'waits'
    if (host === 'resting') {
      this.#leave(job)
      return 'gone'
    }
    this.#gate.begin(hostOf(job))
    const slots = isQuick ? this.#quickLane : this.#slots
    slots.add(job.caller)
    const work: Promise<void> = this.#work(job, isQuick).finally(() => {
      this.#active.delete(work)
      slots.remove(job.caller)
      this.wake()
    })
    this.#active.add(work)
    return 'begun'
  }

  /** Lets go of what is for a host that rests: it comes again when the rest is over, or when it is no longer hidden. */
  #leave(job: Job): void {
    const { outbox, clock, logger } = this.#parts
    const until = this.#gate.restsUntil(hostOf(job))
    if (until >= job.hiddenUntil) return
    const log = (error: unknown): void => {
      const message = 'A push notification could not be put back: it comes again when it is no longer hidden.'
      logger.log('warn', message, { taskId: job.notification.key.taskId, error: String(error) })
    }
    try {
      void Promise.resolve(outbox.defer(job.entry.id, until)).catch(log)
      this.#schedule(until - clock.now())
    } catch (error) {
      log(error)
    }
  }

  async #work(job: Job, isQuick: boolean): Promise<void> {
    const { entry, config, notification } = job
    const { settings, outbox, clock, logger } = this.#parts
    const timeoutMs = isQuick ? Math.min(quickMs, settings.timeoutMs) : settings.timeoutMs
    const began = clock.now()
    const id = createHash('sha256').update(entry.id).digest('base64url').slice(0, 32)
    const result = await deliver(config, notification.event, id, this.#abort.signal, {
      ...this.#parts,
      timeoutMs,
    })
    this.#quickLane.learn(job.caller, clock.now() - began)
    try {
      if (result.outcome === 'failed' && result.isLate && timeoutMs < settings.timeoutMs) {
        // It may yet be taken in the time that it has in an ordinary slot.
        this.#gate.leave(hostOf(job))
        await outbox.postpone(entry.id, clock.now() + minRetryMs)
        this.#schedule(minRetryMs)
        return
      }
      const waitMs = result.outcome === 'failed' ? result.retryAfterMs : undefined
      this.#gate.end(hostOf(job), result.outcome !== 'failed' || result.isUp, waitMs)
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
      // First: what another process notes of the same end, not knowing that it is told, has no config then.
      if (isLast) await configs.remove(key, nonce, true)
      await outbox.settle(entry.id)
      return
    }
    const told = { taskId: key.taskId, config: config.id, host: origin, attempts: entry.attempts + 1 }
    if (result.outcome === 'gone') {
      logger.log('info', 'A receiver of push notifications is gone: its config was dropped.', told)
      await configs.remove(key, nonce, isLast)
      await outbox.drop(entry)
      return
    }
    const now = clock.now()
    if (entry.attempts + 1 >= settings.maxAttempts || now - at >= settings.maxAgeMs) {
      logger.log('warn', 'A receiver of push notifications was given up on: its config was dropped.', {
        ...told,
        reason: result.reason,
      })
      await configs.remove(key, nonce, isLast)
      await outbox.drop(entry)
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

/** A host, as one caller has to do with it: what it does to webhooks of others says nothing about theirs. */
function hostOf({ caller, origin }: Job): string {
  return `${caller} ${origin}`
}
