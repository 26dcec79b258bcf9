import type { WireStreamResponse } from '@pf-agents/a2a-protocol'
import {
  type Awaitable,
  type Clock,
  type Deliveries,
  isInterrupted,
  isTerminal,
  type Logger,
  type Outbox,
  type OutboxEntry,
  type PendingCommit,
  type RunEvent,
  type RunStore,
  type TaskKey,
  type TaskState,
} from '@pf-agents/agent-core'
import { encodeStoredTask } from '../operation/encode-stored-task'
import { isUpdate, updatesOf } from '../updates/updates-of'
import { after } from './after'
import { recordKey, type StoredConfig } from './config-record'
import { commitMs, type ConfigCache } from './config-cache'
import type { ConfigStore } from './config-store'
import { entryOf, groupOf, topic } from './notification'
import type { PushSettings } from './options'

/** What {@link PushDeliveries} is made of. */
export interface PushDeliveriesParts {
  readonly configs: ConfigStore
  readonly cache: ConfigCache
  readonly outbox: Outbox
  readonly store: RunStore
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: Pick<PushSettings, 'maxPending' | 'maxOwed'>
  /** Something is owed. */
  wake(): void
}

/** Milliseconds between two lines in the log that say the same. */
const quietMs = 60_000

/** Decides what commits owe to webhooks. A task without configs costs a look into memory. */
export class PushDeliveries implements Deliveries {
  readonly #parts: PushDeliveriesParts
  /** Configs that were stored for tasks about to be made. */
  readonly #fresh = new Map<string, readonly StoredConfig[]>()
  /** Which configs are told of a stop, and since when, by the events of the commit: others may come while it is stored. */
  readonly #told = new WeakMap<readonly RunEvent[], { nonces: ReadonlySet<string>; at: number }>()
  #hasOwed = false
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(parts: PushDeliveriesParts) {
    this.#parts = parts
  }

  /** The next commit of this task makes it, and has these configs. */
  expect(key: TaskKey, configs: readonly StoredConfig[]): void {
    this.#fresh.set(recordKey(key), configs)
  }

  owed(commit: PendingCommit): Awaitable<readonly OutboxEntry[] | undefined> {
    const { events, isNew, key } = commit
    const { cache, clock } = this.#parts
    const end = endOf(events)
    const isOver = end !== undefined && isTerminal(end)
    if (isNew) {
      const fresh = this.#fresh.get(recordKey(key))
      this.#fresh.delete(recordKey(key))
      if (!isOver) cache.begin(key, fresh)
      return fresh && this.#owedTo(fresh, commit)
    }
    if (!events.some(isUpdate)) return undefined
    return after(cache.get(key), (configs) => {
      if (end !== undefined)
        this.#told.set(events, { nonces: new Set(configs.map(({ nonce }) => nonce)), at: clock.now() })
      if (isOver) cache.end(key)
      return configs.length === 0 ? undefined : this.#owedTo(configs, commit)
    })
  }

  stored(key: TaskKey, events: readonly RunEvent[]): void {
    const told = this.#told.get(events)
    if (told !== undefined) {
      this.#told.delete(events)
      // Quicker ones are seen by whoever makes the config.
      const isSlow = this.#parts.clock.now() - told.at >= commitMs
      if (isSlow)
        this.#tellOthers(key, told.nonces).catch((error: unknown) => {
          this.#log('error', 'Configs that were registered while their task stopped could not be told.', {
            taskId: key.taskId,
            error: String(error),
          })
        })
    }
    if (!this.#hasOwed) return
    this.#hasOwed = false
    this.#parts.wake()
  }

  /** Tells a config of a task that has stopped, by the task as it stands. */
  async tellStop(key: TaskKey, nonces: { has(nonce: string): boolean }): Promise<void> {
    const { configs, outbox, store, clock } = this.#parts
    const stored = await store.load(key)
    if (stored === undefined || !isStop(stored.task.status.state)) return
    const event = { task: encodeStoredTask(stored, {}) }
    const isLast = isTerminal(stored.task.status.state)
    const entries = (await configs.configs(key))
      .filter(({ nonce }) => nonces.has(nonce))
      .map((config) => entryOf(config, { key, at: clock.now(), isLast, event }, `${stored.lastSeq}.stop`))
    if (entries.length === 0) return
    await outbox.add(entries)
    this.#parts.wake()
  }

  async #tellOthers(key: TaskKey, told: ReadonlySet<string>): Promise<void> {
    const configs = await this.#parts.configs.configs(key)
    if (configs.some(({ nonce }) => !told.has(nonce))) await this.tellStop(key, { has: (nonce) => !told.has(nonce) })
  }

  #owedTo(configs: readonly StoredConfig[], commit: PendingCommit): Awaitable<readonly OutboxEntry[] | undefined> {
    const { maxOwed } = this.#parts.settings
    const most = Math.ceil(maxOwed * 1.2)
    return after(this.#parts.outbox.pending({ topic, limit: most }), (all) => {
      if (all >= most) {
        this.#log('error', 'Too many push notifications wait: what happens to tasks now is not told.', { owed: all })
        return undefined
      }
      const entries: OutboxEntry[] = []
      let owed: Awaitable<unknown>
      for (const config of configs) {
        const add = () => this.#addTo(entries, config, commit, all >= maxOwed)
        owed = after(owed, add)
      }
      return after(owed, () => {
        if (entries.length > 0) this.#hasOwed = true
        return entries
      })
    })
  }

  #addTo(entries: OutboxEntry[], config: StoredConfig, commit: PendingCommit, isFull: boolean): Awaitable<void> {
    const { maxPending } = this.#parts.settings
    const group = groupOf(commit.key, config)
    return after(this.#parts.outbox.pending({ topic, group, limit: maxPending }), (pending) => {
      const updates =
        isFull || pending >= maxPending
          ? stopOf(commit)
          : config.version === '0.3'
            ? statesOf(commit)
            : updatesOf(commit)
      const { events, firstSeq, key } = commit
      const end = endOf(events)
      const isOver = end !== undefined && isTerminal(end)
      const at = this.#parts.clock.now()
      updates.forEach((event, index) => {
        const isLast = isOver && index === updates.length - 1
        entries.push(entryOf(config, { key, at, isLast, event }, `${firstSeq}.${index}`))
      })
    })
  }

  #log(level: 'error', message: string, fields: Record<string, unknown>): void {
    const { clock, logger } = this.#parts
    if (clock.now() - this.#loggedAt < quietMs) return
    this.#loggedAt = clock.now()
    logger.log(level, message, fields)
  }
}

/** Whether nothing more happens to the task until somebody does something, if ever. */
function isStop(state: TaskState): boolean {
  return isTerminal(state) || isInterrupted(state)
}

/** The state in which the task stops with these events; `undefined` where it goes on. */
function endOf(events: readonly RunEvent[]): TaskState | undefined {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index]
    if (event?.type === 'status') return isStop(event.status.state) ? event.status.state : undefined
  }
  return undefined
}

/** The whole task, where its state changes: what A2A 0.3 tells webhooks. */
function statesOf({ events, task, facts }: PendingCommit): WireStreamResponse[] {
  return events.some(({ type }) => type === 'status') ? [{ task: encodeStoredTask({ task, facts }, {}) }] : []
}

/** The whole task where it stops, and nothing before. */
function stopOf(commit: PendingCommit): WireStreamResponse[] {
  return endOf(commit.events) === undefined ? [] : statesOf(commit)
}
