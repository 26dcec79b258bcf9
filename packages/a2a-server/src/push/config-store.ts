import {
  type Awaitable,
  type Clock,
  type JsonValue,
  type KeyValue,
  PfError,
  type Scope,
  type TaskKey,
} from '@pf-agents/agent-core'
import { after } from './after'
import { type ConfigRecord, epochKey, givePlaces, recordKey, recordPrefix, type StoredConfig } from './config-record'

/** How often a change is tried against others that change the same record. */
const maxTries = 20

/** The configs of tasks in the key-value store: one record per task, changed by compare-and-set. */
export class ConfigStore {
  readonly #keyValue: KeyValue
  readonly #clock: Clock

  constructor(keyValue: KeyValue, clock: Clock) {
    this.#keyValue = keyValue
    this.#clock = clock
  }

  /** The configs of a task; at once where the store answers at once. */
  configs(key: TaskKey): Awaitable<readonly StoredConfig[]> {
    return after(this.#keyValue.get(recordKey(key)), (entry) => this.#good(entry?.value)?.configs ?? [])
  }

  /** What changes whenever the configs of a task that goes on have changed, by any process. */
  epoch(): Awaitable<string | undefined> {
    return after(this.#keyValue.get(epochKey), (entry) => entry?.revision)
  }

  /** The configs of a task that goes on have changed. */
  async nextEpoch(): Promise<void> {
    await this.#keyValue.set(epochKey, true)
  }

  /** Changes the record of a task. `change` gets a list of its own, and says when the record is to be forgotten, if so. */
  async change(key: TaskKey, change: (configs: StoredConfig[]) => { endsAt?: number } | 'unchanged'): Promise<void> {
    const name = recordKey(key)
    for (let attempt = 0; attempt < maxTries; attempt++) {
      const entry = await this.#keyValue.get(name)
      const before = this.#good(entry?.value)
      const configs = structuredClone(before?.configs ?? [])
      const last = givePlaces(configs, before?.lastPlace)
      const result = change(configs)
      if (result === 'unchanged') return
      const { tenant, principalId, taskId } = key
      const record: ConfigRecord = { key: { tenant, principalId, taskId }, configs, at: this.#clock.now(), ...result }
      record.lastPlace = givePlaces(configs, last)
      if (await this.#keyValue.compareAndSet(name, entry?.revision, record as unknown as JsonValue)) return
    }
    throw new PfError('PF_STORE_CONFLICT', 'The push configs of the task kept changing. Try again.', {
      retryable: true,
      retryAfterMs: 100,
    })
  }

  /** Takes one config out; with `isLast` its task is over, and an empty record is forgotten at once. */
  async remove(key: TaskKey, nonce: string, isLast = false): Promise<void> {
    let left = 0
    await this.change(key, (configs) => {
      const index = configs.findIndex((one) => one.nonce === nonce)
      if (index >= 0) configs.splice(index, 1)
      left = configs.length
      return index < 0 ? 'unchanged' : {}
    })
    if (!isLast) await this.nextEpoch()
    else if (left === 0) await this.#keyValue.delete(recordKey(key))
  }

  /** How many tasks of a caller have configs, counted up to `limit`. */
  async count(scope: Scope, limit: number): Promise<number> {
    return (await this.#keyValue.keys(recordPrefix(scope), { limit })).length
  }

  /** Goes through all records, or those of a scope, as they are stored, each with its revision. */
  async *all(scope?: Scope): AsyncGenerator<{ record: ConfigRecord; revision: string }> {
    const keyPrefix = recordPrefix(scope)
    let last: string | undefined
    for (;;) {
      const names = await this.#keyValue.keys(keyPrefix, { limit: 100, ...(last !== undefined && { after: last }) })
      for (const name of names) {
        const entry = await this.#keyValue.get(name)
        if (entry === undefined) continue
        yield { record: entry.value as unknown as ConfigRecord, revision: entry.revision }
      }
      last = names.at(-1)
      if (names.length < 100) return
    }
  }

  /** Forgets a record that nobody needs any more, unless it was changed since it was looked at. */
  async forget(key: TaskKey, revision: string): Promise<void> {
    const name = recordKey(key)
    if ((await this.#keyValue.get(name))?.revision === revision) await this.#keyValue.delete(name)
  }

  #good(value: JsonValue | undefined): ConfigRecord | undefined {
    const record = value as unknown as ConfigRecord | undefined
    return record?.endsAt !== undefined && record.endsAt <= this.#clock.now() ? undefined : record
  }
}
