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
  type Scope,
  type TaskKey,
  type TaskState,
} from '@pf-agents/agent-core'
import { encodeStoredTask } from '../operation/encode-stored-task'
import { isUpdate, updatesOf } from '../updates/updates-of'
import { after } from './after'
import { ownerOf, recordKey, type StoredConfig } from './config-record'
import { commitMs, type ConfigCache } from './config-cache'
import type { ConfigStore } from './config-store'
import { fairShare } from './fair-shares'
import { entryOf, groupOf, topic } from './notification'
import type { PushSettings } from './options'
import { QuietLog } from './quiet-log'

/** What {@link PushDeliveries} is made of. */
export interface PushDeliveriesParts {
  readonly configs: ConfigStore
  readonly cache: ConfigCache
  readonly outbox: Outbox
  readonly store: RunStore
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: Pick<PushSettings, 'maxPending' | 'maxOwed' | 'maxOwedPerCaller'>
  /** Something is owed. */
  wake(): void
}

/** How many more notifications of a caller may wait. */
interface Room {
  /** Of any kind. */
  updates: number
  /** Of those that tell where a task stops. */
  stops: number
}

/** Beyond its bounds, this much more may wait where it tells that a task stops. */
const forStops = 1.2

/** Decides what commits owe to webhooks. A task without configs costs a look into memory. */
export class PushDeliveries implements Deliveries {
  readonly #parts: PushDeliveriesParts
  /** Configs that were stored for tasks about to be made. */
  readonly #fresh = new Map<string, readonly StoredConfig[]>()
  /** Which configs are told of a stop, and since when, by the events of the commit: others may come while it is stored. */
  readonly #told = new WeakMap<readonly RunEvent[], { nonces: ReadonlySet<string>; at: number }>()
  readonly #log: QuietLog
  #hasOwed = false

  constructor(parts: PushDeliveriesParts) {
    this.#parts = parts
    this.#log = new QuietLog(parts)
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
          const message = 'Configs that were registered while their task stopped could not be told.'
          this.#log.say('error', message, '', { taskId: key.taskId, error: String(error) })
        })
    }
    if (!this.#hasOwed) return
    this.#hasOwed = false
    this.#parts.wake()
  }

  /** Whether so many more may wait for a caller: where not, there is no use in registering so many webhooks. */
  hasRoom(scope: Scope, count: number): Awaitable<boolean> {
    return after(this.#room(scope), ({ stops }) => stops >= count)
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
    // As with commits: nothing comes between the look at the room and what takes it.
    await after(this.#room(key), ({ stops }) => {
      if (entries.length > stops) return this.#logUntold(key)
      return after(outbox.add(entries), () => this.#parts.wake())
    })
  }

  async #tellOthers(key: TaskKey, told: ReadonlySet<string>): Promise<void> {
    const configs = await this.#parts.configs.configs(key)
    if (configs.some(({ nonce }) => !told.has(nonce))) await this.tellStop(key, { has: (nonce) => !told.has(nonce) })
  }

  #owedTo(configs: readonly StoredConfig[], commit: PendingCommit): Awaitable<readonly OutboxEntry[] | undefined> {
    return after(this.#room(commit.key), (room) => {
      const entries: OutboxEntry[] = []
      let owed: Awaitable<unknown>
      for (const config of configs) {
        const add = () => this.#addTo(entries, config, commit, room)
        owed = after(owed, add)
      }
      return after(owed, () => {
        if (entries.length > 0) this.#hasOwed = true
        return entries
      })
    })
  }

  /** What may still wait for a caller, by what waits for it and for all others. */
  #room(scope: Scope): Awaitable<Room> {
    const { outbox, settings } = this.#parts
    const { maxOwed, maxOwedPerCaller } = settings
    const limit = Math.ceil(maxOwed * forStops)
    return after(outbox.pending({ topic, owner: ownerOf(scope), limit }), (mine) =>
      after(outbox.pending({ topic, limit }), (all) => {
        const others = Math.max(0, all - mine)
        return {
          updates: fairShare(maxOwedPerCaller, others, maxOwed) - mine,
          stops: fairShare(maxOwedPerCaller * forStops, others, maxOwed * forStops) - mine,
        }
      }),
    )
  }

  #addTo(entries: OutboxEntry[], config: StoredConfig, commit: PendingCommit, room: Room): Awaitable<void> {
    const { maxPending } = this.#parts.settings
    const { events, firstSeq, key } = commit
    const group = groupOf(key, config)
    return after(this.#parts.outbox.pending({ topic, group, limit: maxPending }), (pending) => {
      const all = config.version === '0.3' ? statesOf(commit) : updatesOf(commit)
      if (all.length === 0) return
      const isBehind = pending >= maxPending
      const isCrowded = entries.length + all.length > room.updates
      const updates = isBehind || isCrowded ? stopOf(commit) : all
      if (entries.length + updates.length > room.stops) return this.#logUntold(key)
      if (isBehind) this.#logBehind(group, key, config)
      else if (isCrowded) this.#logCrowded(key)
      const end = endOf(events)
      const isOver = end !== undefined && isTerminal(end)
      const at = this.#parts.clock.now()
      updates.forEach((event, index) => {
        const isLast = isOver && index === updates.length - 1
        entries.push(entryOf(config, { key, at, isLast, event }, `${firstSeq}.${index}`))
      })
    })
  }

  #logBehind(group: string, { taskId }: TaskKey, { id: config }: StoredConfig): void {
    const message = 'A receiver of push notifications is far behind: it is told only where its task stops.'
    this.#log.say('info', message, group, { taskId, config })
  }

  #logCrowded(key: TaskKey): void {
    const message = 'Too many push notifications of a caller wait: its webhooks are told only where tasks stop.'
    this.#log.say('warn', message, ownerOf(key), { tenant: key.tenant, principalId: key.principalId })
  }

  #logUntold({ tenant, principalId, taskId }: TaskKey): void {
    const message =
      'Too many push notifications of a caller wait: its webhooks are not told what happens to its tasks now.'
    this.#log.say('error', message, ownerOf({ tenant, principalId }), { tenant, principalId, taskId })
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
