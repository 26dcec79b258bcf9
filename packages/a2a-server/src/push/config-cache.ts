import type { Awaitable, Clock, TaskKey } from '@pf-agents/agent-core'
import { after } from './after'
import { recordKey, type StoredConfig } from './config-record'
import type { ConfigStore } from './config-store'

/** Milliseconds that what is known here may be older than what other processes have stored. */
const staleMs = 50
/** Milliseconds that a commit usually takes at most; one that takes longer looks again behind itself. */
export const commitMs = 50
/** Milliseconds after which every process knows of a new config, and commits that did not know of it are stored. */
export const settledMs = staleMs + 2 * commitMs
/** Tasks that are kept in mind; with one more, all are looked up again. */
const maxTasks = 50_000

const none: readonly StoredConfig[] = []

/**
 * Knows which tasks have configs without asking the store for every commit. Whoever makes or drops one, in whichever process,
 * changes the store's epoch; it is read every few milliseconds at most, and while it stays the same, so do the configs.
 */
export class ConfigCache {
  readonly #configs: ConfigStore
  readonly #clock: Clock
  readonly #known = new Map<string, readonly StoredConfig[]>()
  #epoch: string | undefined
  #checkedAt = Number.NEGATIVE_INFINITY
  /** Grows with everything that may make an answer of the store that is on its way an old one. */
  #generation = 0

  constructor(configs: ConfigStore, clock: Clock) {
    this.#configs = configs
    this.#clock = clock
  }

  /** The configs of a task, as they were a few milliseconds ago or are now. */
  get(key: TaskKey): Awaitable<readonly StoredConfig[]> {
    const now = this.#clock.now()
    const age = now - this.#checkedAt
    // A clock that was set back must not make it younger.
    if (age >= 0 && age < staleMs) return this.#knownOf(key)
    return after(this.#configs.epoch(), (epoch) => {
      if (epoch !== this.#epoch) {
        this.#epoch = epoch
        this.#known.clear()
        this.#generation++
      }
      this.#checkedAt = now
      return this.#knownOf(key)
    })
  }

  /** The task is about to be made: nobody else knows of it. */
  begin(key: TaskKey, configs: readonly StoredConfig[] = none): void {
    this.#learn(recordKey(key), configs)
  }

  /** The task is over: nothing more will be asked of it. */
  end(key: TaskKey): void {
    this.#known.delete(recordKey(key))
  }

  /** The configs of a task have changed. */
  forget(key: TaskKey): void {
    this.#known.delete(recordKey(key))
    this.#generation++
  }

  #knownOf(key: TaskKey): Awaitable<readonly StoredConfig[]> {
    const name = recordKey(key)
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const generation = this.#generation
    return after(this.#configs.configs(key), (configs) => {
      if (generation === this.#generation) this.#learn(name, configs.length === 0 ? none : configs)
      return configs
    })
  }

  #learn(name: string, configs: readonly StoredConfig[]): void {
    // Not the oldest one by one: a Map that loses its first key again and again has to look for it further and further.
    if (this.#known.size >= maxTasks) this.#known.clear()
    this.#known.set(name, configs)
  }
}
