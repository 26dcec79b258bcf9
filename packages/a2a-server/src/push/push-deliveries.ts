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
  readonly settings: Pick<PushSettings, 'maxPending' | 'maxOwed' | 'maxOwedPerCaller' | 'maxOwedBytes'>
  /** Something is owed. */
  wake(): void
}

/** Notifications, and about how many bytes they have. */
interface Amount {
  count: number
  bytes: number
}

/** How many more notifications of a caller may wait. */
interface Room {
  /** Of any kind. */
  updates: Amount
  /** Of those that tell where a task stops. */
  stops: Amount
}

/** What a commit has to tell, weighed once for all configs of the same wire. */
interface Telling {
  all: WireStreamResponse[]
  /** In place of all of it, the whole task where it stops. */
  stop: WireStreamResponse[]
  /** In place of that, what is no larger than it has to be: the state in which it stops. */
  state: WireStreamResponse[]
}

/** What an entry weighs beside what it tells, about. */
const entryBytes = 300

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
    return after(this.#room(scope), ({ stops }) => stops.count >= count && stops.bytes > 0)
  }

  /** Tells a config of a task that has stopped, by the task as it stands. */
  async tellStop(key: TaskKey, nonces: { has(nonce: string): boolean }): Promise<void> {
    const { configs, outbox, store, clock } = this.#parts
    const stored = await store.load(key)
    if (stored === undefined || !isStop(stored.task.status.state)) return
    const { taskId } = key
    const whole = { task: encodeStoredTask(stored, {}) }
    const { contextId, status } = { contextId: stored.task.contextId, ...whole.task }
    const alone = { statusUpdate: { taskId, contextId, status } }
    const isLast = isTerminal(stored.task.status.state)
    const told = (await configs.configs(key)).filter(({ nonce }) => nonces.has(nonce))
    if (told.length === 0) return
    const at = clock.now()
    const number = stopNumber(stored.lastSeq)
    const inFull = told.map((config) => ({ config, event: whole }))
    const inShort = told.map((config) => ({ config, event: config.version === '0.3' ? withStateAlone(whole) : alone }))
    // As with commits: nothing comes between the look at the room and what takes it.
    await after(this.#room(key), ({ stops }) => {
      const none = { count: 0, bytes: 0 }
      const chosen = [inFull, inShort].find((some) =>
        fits(
          plus(
            none,
            some.map(({ event }) => event),
          ),
          stops,
        ),
      )
      if (chosen === undefined) return this.#logUntold(key)
      const entries = chosen.map(({ config, event }) => entryOf(config, { key, at, isLast, event }, number))
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
      const tellings = new Map<StoredConfig['version'], Telling>()
      const taken: Amount = { count: 0, bytes: 0 }
      let owed: Awaitable<unknown>
      for (const config of configs) {
        const telling = tellings.get(config.version) ?? tellingOf(commit, config.version)
        tellings.set(config.version, telling)
        owed = after(owed, () => this.#addTo(entries, taken, config, telling, commit, room))
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
    const { maxOwed, maxOwedPerCaller, maxOwedBytes } = settings
    const limit = Math.ceil(maxOwed * forStops)
    const owner = ownerOf(scope)
    const bytesPerCaller = maxOwedBytes * (maxOwedPerCaller / maxOwed)
    return after(outbox.pending({ topic, owner, limit }), (mine) =>
      after(outbox.pending({ topic, limit }), (all) =>
        after(outbox.pendingBytes({ topic, owner }), (myBytes) =>
          after(outbox.pendingBytes({ topic }), (allBytes) => {
            const [others, otherBytes] = [Math.max(0, all - mine), Math.max(0, allBytes - myBytes)]
            const room = (factor: number): Amount => ({
              count: fairShare(maxOwedPerCaller * factor, others, maxOwed * factor) - mine,
              bytes: fairShare(bytesPerCaller * factor, otherBytes, maxOwedBytes * factor) - myBytes,
            })
            return { updates: room(1), stops: room(forStops) }
          }),
        ),
      ),
    )
  }

  #addTo(
    entries: OutboxEntry[],
    taken: Amount,
    config: StoredConfig,
    telling: Telling,
    commit: PendingCommit,
    room: Room,
  ): Awaitable<void> {
    const { maxPending } = this.#parts.settings
    const { events, firstSeq, key } = commit
    const group = groupOf(key, config)
    return after(this.#parts.outbox.pending({ topic, group, limit: maxPending }), (pending) => {
      const { all, stop, state } = telling
      if (all.length === 0) return
      const isBehind = pending >= maxPending
      const isCrowded = !fits(plus(taken, all), room.updates)
      const choices = !isBehind && !isCrowded ? [all] : state.length > 0 ? [stop, state] : [stop]
      const updates = choices.find((one) => fits(plus(taken, one), room.stops))
      if (updates === undefined) return this.#logUntold(key)
      Object.assign(taken, plus(taken, updates))
      if (isBehind) this.#logBehind(group, key, config)
      else if (isCrowded) this.#logCrowded(key)
      const end = endOf(events)
      const isOver = end !== undefined && isTerminal(end)
      const at = this.#parts.clock.now()
      updates.forEach((event, index) => {
        const isLast = isOver && index === updates.length - 1
        const isStopping = end !== undefined && index === updates.length - 1
        const number = isStopping ? stopNumber(firstSeq + events.length - 1) : `${firstSeq}.${index}`
        entries.push(entryOf(config, { key, at, isLast, event }, number))
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

function tellingOf(commit: PendingCommit, version: StoredConfig['version']): Telling {
  const all = version === '0.3' ? statesOf(commit) : updatesOf(commit)
  const stop = stopOf(commit)
  // In 0.3, only tasks are told.
  const state = version === '0.3' ? stop.map(withStateAlone) : all.filter((one) => 'statusUpdate' in one).slice(-1)
  return { all, stop, state: stop.length === 0 ? [] : state }
}

/** The task with nothing but its ids and its status, which says what it waits for. */
function withStateAlone(one: WireStreamResponse): WireStreamResponse {
  if (!('task' in one)) return one
  const { artifacts: _artifacts, history: _history, metadata: _metadata, ...rest } = one.task
  return { task: rest }
}

/** The number of the notification that tells where a task stops: the same, whoever notes it, for a receiver to know it by. */
function stopNumber(lastSeq: number): string {
  return `${lastSeq}.stop`
}

const weights = new WeakMap<WireStreamResponse, number>()

/** About how many bytes notifications have. The same event goes to many configs: it is weighed once. */
function weigh(events: readonly WireStreamResponse[]): number {
  let sum = 0
  for (const event of events) {
    let weight = weights.get(event)
    if (weight === undefined) weights.set(event, (weight = Buffer.byteLength(JSON.stringify(event)) + entryBytes))
    sum += weight
  }
  return sum
}

function plus({ count, bytes }: Amount, events: readonly WireStreamResponse[]): Amount {
  return { count: count + events.length, bytes: bytes + weigh(events) }
}

function fits(amount: Amount, room: Amount): boolean {
  return amount.count <= room.count && amount.bytes <= room.bytes
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
