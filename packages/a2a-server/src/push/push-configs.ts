import {
  A2AError,
  type CreateTaskPushNotificationConfigRequest,
  decodeCursor,
  encodeCursor,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type TaskPushNotificationConfig,
} from '@pf-agents/a2a-protocol'
import {
  type Clock,
  isActive,
  isTerminal,
  type Logger,
  type Outbox,
  PfError,
  type Random,
  type RunStore,
  type Scope,
  type StoredTask,
  type TaskKey,
} from '@pf-agents/agent-core'
import { sleep } from '@pf-agents/http-kit'
import type { AttachedConfig, PushCaller, PushService } from '../push-port/push-service'
import { type AddressRules, checkAddress, checkConfig, withoutEmpty } from './check-config'
import { type ConfigRecord, givePlaces, ownerOf, type StoredConfig, toWire } from './config-record'
import { type ConfigCache, settledMs } from './config-cache'
import type { ConfigStore } from './config-store'
import { type Hold, Holds } from './holds'
import { groupOf, topic } from './notification'
import { hideMsOf, type PushSettings } from './options'
import type { PushDeliveries } from './push-deliveries'
import { QuietLog } from './quiet-log'

/** What {@link PushConfigs} is made of. */
export interface PushConfigsParts extends AddressRules {
  readonly configs: ConfigStore
  readonly cache: ConfigCache
  readonly deliveries: PushDeliveries
  readonly store: RunStore
  readonly outbox: Outbox
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: Pick<PushSettings, 'maxPerTask' | 'maxTasksPerCaller' | 'keepEndedMs' | 'timeoutMs'>
  /** Something is due. */
  wake(): void
}

/** Milliseconds before the tasks of a caller who has too many are looked at once more. */
const lookAgainMs = 1_000
/** Milliseconds after which a task that is not there is not about to be made any more: its store has dropped it. */
const beforeTaskMs = 60_000
/** Callers of whom that is kept in mind; with one more, of none. */
const maxLooks = 1_000

/** The operations on push notification configs: scoped to the caller, checked, within bounds. */
export class PushConfigs implements PushService {
  readonly #parts: PushConfigsParts
  /** Configs that callers are about to have, and tasks that are about to have their first. */
  readonly #newConfigs = new Holds()
  readonly #newTasks = new Holds()

  /** When the tasks of callers who have too many were looked at, in vain. */
  readonly #lookedAt = new Map<string, number>()
  readonly #log: QuietLog

  constructor(parts: PushConfigsParts) {
    this.#parts = parts
    this.#log = new QuietLog(parts)
  }

  async create(
    given: CreateTaskPushNotificationConfigRequest,
    caller: PushCaller,
  ): Promise<TaskPushNotificationConfig> {
    const config = withoutEmpty(given)
    const address = checkConfig(config, this.#parts)
    const before = await this.#task(config.taskId, caller)
    await this.#checkAddress(address, caller)
    const { stored, isNew } = await this.#store(config, before, caller)
    if (isNew && !isTerminal(before.task.status.state)) await this.#settle(stored, before, caller)
    return toWire(stored, config.taskId)
  }

  async get(taskId: string, id: string, caller: PushCaller): Promise<TaskPushNotificationConfig> {
    const { key } = await this.#task(taskId, caller)
    const config = (await this.#parts.configs.configs(key)).find((one) => one.id === id)
    // The specification has no error of its own for it (3.1.8).
    if (config === undefined)
      throw new PfError('PF_TASK_NOT_FOUND', 'The task has no push notification config of this id.', {
        details: { taskId, id },
      })
    return toWire(config, taskId)
  }

  async list(
    { taskId, pageSize, pageToken }: ListTaskPushNotificationConfigsRequest,
    caller: PushCaller,
  ): Promise<ListTaskPushNotificationConfigsResponse> {
    const { key } = await this.#task(taskId, caller)
    const configs = (await this.#parts.configs.configs(key)).map((one) => ({ ...one }))
    givePlaces(configs)
    // By place: the one that a page ended with may be deleted by now.
    const after = pageToken === undefined ? 0 : placeOf(pageToken)
    const left = configs.filter(({ place = 0 }) => place > after)
    const page = left.slice(0, pageSize)
    const last = page.at(-1)?.place ?? 0
    const nextPageToken = page.length < left.length ? encodeCursor(['place', last]) : ''
    return { configs: page.map((one) => toWire(one, taskId)), nextPageToken }
  }

  async delete(taskId: string, id: string, caller: PushCaller): Promise<void> {
    const { key, task } = await this.#task(taskId, caller)
    const config = (await this.#parts.configs.configs(key)).find((one) => one.id === id)
    if (config === undefined) return
    const { configs, cache, outbox } = this.#parts
    await configs.remove(key, config.nonce, isTerminal(task.status.state))
    cache.forget(key)
    // What waits for it would hold the room of others until it is due.
    await outbox.drop({ topic, group: groupOf(key, config) })
    this.#lookedAt.delete(ownerOf(key))
  }

  async attach(
    given: TaskPushNotificationConfig,
    taskId: string | undefined,
    caller: PushCaller,
  ): Promise<AttachedConfig> {
    const field = 'configuration.taskPushNotificationConfig.'
    const { configs, deliveries } = this.#parts
    const config = withoutEmpty(given)
    if (config.taskId !== undefined && config.taskId !== taskId) {
      const violations = [
        { field: `${field}taskId`, description: 'must be left out: the config is for the task of the message' },
      ]
      throw new A2AError('InvalidParamsError', { violations })
    }
    const address = checkConfig(config, this.#parts, field)
    if (taskId !== undefined) {
      const before = await this.#task(taskId, caller)
      // A message to a task that is over is refused: nothing is stored for it.
      if (isTerminal(before.task.status.state)) return { undo: async () => {}, done() {} }
      await this.#checkAddress(address, caller, field)
      const { stored, isNew } = await this.#store({ ...config, taskId }, before, caller)
      return { undo: async () => (isNew ? configs.remove(before.key, stored.nonce) : undefined), done() {} }
    }
    await this.#checkAddress(address, caller, field)
    const scope = { tenant: caller.tenant, principalId: caller.principal.id }
    const done = await this.#hold(scope, { isAnother: true, isFirst: true })
    let made: { key: TaskKey; nonce: string } | undefined
    return {
      beforeTask: async (key) => {
        const stored = this.#newConfig({ ...config, taskId: key.taskId }, caller)
        made = { key, nonce: stored.nonce }
        await configs.change(key, (list) => {
          list.push(stored)
          return {}
        })
        deliveries.expect(key, [stored])
        done()
      },
      done,
      undo: async () => (made === undefined ? undefined : configs.remove(made.key, made.nonce, true)),
    }
  }

  /**
   * Waits until every process knows of a new config, so that what happens behind the answer is told. A task that has
   * stopped meanwhile, unseen by whoever stored that, is told now.
   */
  async #settle({ nonce }: StoredConfig, before: StoredTask, caller: PushCaller): Promise<void> {
    const { deliveries, clock } = this.#parts
    await sleep(settledMs, { clock })
    const now = await caller.runtime.task(before.key.taskId, caller.principal)
    if (now !== undefined && now.version !== before.version && !isActive(now.task.status.state))
      await deliveries.tellStop(before.key, new Set([nonce]))
  }

  /** Stores a config for a task that is there. */
  async #store(
    config: TaskPushNotificationConfig & { taskId: string },
    before: StoredTask,
    caller: PushCaller,
  ): Promise<{ stored: StoredConfig; isNew: boolean }> {
    const { configs, cache, settings, clock } = this.#parts
    const { key, task } = before
    const existing = await configs.configs(key)
    // A config that is replaced may be the remedy: another address, other credentials. Of a task that is over nothing is told.
    const isAnother = !existing.some(({ id }) => id === config.id)
    const isToBeTold = isAnother && !isTerminal(task.status.state)
    const done = await this.#hold(key, { isAnother: isToBeTold, isFirst: existing.length === 0 })
    let stored = this.#newConfig(config, caller)
    let isNew = true
    await configs
      .change(key, (list) => {
        const index = list.findIndex((one) => one.id === stored.id)
        const replaced = list[index]
        isNew = replaced === undefined
        if (replaced === undefined) {
          if (list.length >= settings.maxPerTask)
            throw tooMany(`The task has ${list.length} push notification configs already`)
          list.push(stored)
        } else {
          // What is owed already goes to the new address, with the new credentials.
          const { nonce, place } = replaced
          stored = { ...stored, nonce, ...(place !== undefined && { place }) }
          list[index] = stored
        }
        return isTerminal(task.status.state) ? { endsAt: clock.now() + settings.keepEndedMs } : {}
      })
      .finally(done)
    cache.forget(key)
    if (!isTerminal(task.status.state)) await configs.nextEpoch()
    if (!isNew) await this.#hasten(groupOf(key, stored))
    return { stored, isNew }
  }

  /** What waited for another try does not wait for it any more: the address or the credentials are new. */
  async #hasten(group: string): Promise<void> {
    const { outbox, clock, settings, wake } = this.#parts
    const now = clock.now()
    // What is hidden no longer than an attempt takes may be on its way: it would be overtaken.
    await outbox.hasten({ topic, group, dueAfter: now + hideMsOf(settings), dueAt: now })
    wake()
  }

  async #checkAddress(address: URL, { tenant, principal }: PushCaller, field?: string): Promise<void> {
    const principalId = principal.id
    const log = (reason: string): void => {
      const message = 'A webhook was refused for what its name stands for; the caller was not told this.'
      // The host alone: what else is in the address may be secret.
      this.#log.say('info', message, ownerOf({ tenant, principalId }), {
        tenant,
        principalId,
        host: address.host,
        reason,
      })
    }
    await checkAddress(address, this.#parts, log, field)
  }

  #newConfig({ id, url, token, authentication, taskId }: TaskPushNotificationConfig, caller: PushCaller): StoredConfig {
    const { random } = this.#parts
    const stored: StoredConfig = {
      // Without an id, 0.3 means the one config of the task.
      id: id ?? (caller.version === '0.3' && taskId !== undefined ? taskId : random.id()),
      url,
      version: caller.version,
      nonce: random.id(),
    }
    if (token !== undefined) stored.token = token
    if (authentication !== undefined) stored.authentication = authentication
    return stored
  }

  /**
   * Holds room for a config from the look whether there is any until it is stored or given up: many may come at once.
   * @returns what gives the room back
   */
  async #hold(scope: Scope, { isAnother, isFirst }: { isAnother: boolean; isFirst: boolean }): Promise<() => void> {
    const holds: Hold[] = []
    const hold = (of: Holds): number => {
      const taken = of.take(ownerOf(scope))
      holds.push(taken)
      return taken.count
    }
    const done = (): void => holds.forEach(({ release }) => release())
    try {
      if (isAnother) await this.#checkOwed(scope, hold(this.#newConfigs))
      if (isFirst) await this.#checkTasks(scope, hold(this.#newTasks))
      return done
    } catch (error) {
      done()
      throw error
    }
  }

  /** A webhook that nothing could be told is not registered. */
  async #checkOwed(scope: Scope, held: number): Promise<void> {
    if (await this.#parts.deliveries.hasRoom(scope, held)) return
    throw new PfError('PF_RATE_LIMITED', owedTooMuch, { retryAfterMs: 30_000 })
  }

  async #checkTasks(scope: Scope, held: number): Promise<void> {
    const { configs, settings, clock } = this.#parts
    const { maxTasksPerCaller } = settings
    const hasRoom = async () => (await configs.count(scope, maxTasksPerCaller)) + held <= maxTasksPerCaller
    if (await hasRoom()) return
    const owner = ownerOf(scope)
    // To look at them all is dear: a caller whose tasks all go on does not have it done with every try.
    const age = clock.now() - (this.#lookedAt.get(owner) ?? Number.NEGATIVE_INFINITY)
    if (age < 0 || age >= lookAgainMs) {
      for await (const { record, revision } of configs.all(scope))
        if (await this.#isOver(record)) await configs.forget(record.key, revision)
      if (await hasRoom()) return
      if (this.#lookedAt.size >= maxLooks) this.#lookedAt.clear()
      this.#lookedAt.set(owner, clock.now())
    }
    throw tooMany(`This caller has ${maxTasksPerCaller} tasks with push notification configs already`)
  }

  /**
   * Whether the task of a record is over and nothing is owed to its configs, or they are all deleted: its place is wanted by
   * another task.
   */
  async #isOver({ key, configs, at, endsAt }: ConfigRecord): Promise<boolean> {
    const { store, outbox, clock } = this.#parts
    const now = clock.now()
    if (configs.length === 0 || (endsAt !== undefined && endsAt <= now)) return true
    const head = await store.head(key)
    if (head !== undefined && !isTerminal(head.state)) return false
    // One that was made while its task ended may be told that yet, and one that came with a message is there before its task.
    if (now - at < (head === undefined ? beforeTaskMs : lookAgainMs)) return false
    for (const config of configs)
      if ((await outbox.pending({ topic, group: groupOf(key, config), limit: 1 })) > 0) return false
    return true
  }

  async #task(taskId: string, { runtime, principal }: PushCaller): Promise<StoredTask> {
    const stored = await runtime.task(taskId, principal)
    if (stored === undefined) throw new PfError('PF_TASK_NOT_FOUND', undefined, { details: { taskId } })
    return stored
  }
}

const owedTooMuch =
  'Too many push notifications wait for your webhooks to take them. Register another one later, or read the task.'

function tooMany(what: string): A2AError {
  return new A2AError('InvalidParamsError', { message: `${what}. Delete one that is no longer needed.` })
}

function placeOf(pageToken: string): number {
  const value = decodeCursor(pageToken)
  const [what, place] = Array.isArray(value) && value.length === 2 ? value : []
  if (what !== 'place' || typeof place !== 'number') {
    throw new A2AError('InvalidParamsError', {
      violations: [{ field: 'pageToken', description: 'is not a page token' }],
    })
  }
  return place
}
