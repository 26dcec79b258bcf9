import type { Awaitable, RunCommit, RunStore } from '../port/run-store'

/** How {@link createFaultyRunStore} disturbs the store behind it. */
export interface RunStoreFaults {
  /**
   * Called before a method reaches the store: what it returns is waited for, what it throws is the method's failure.
   * Default: nothing is disturbed, but every answer is a promise.
   */
  before?: (method: Exclude<keyof RunStore, 'hasEventLog'>, commit?: RunCommit) => Awaitable<void>
  /** Called when a method has reached the store and before it answers: a failure here is one after the fact. */
  after?: (method: Exclude<keyof RunStore, 'hasEventLog'>, commit?: RunCommit) => Awaitable<void>
  /** Overrides what the store says of itself. */
  hasEventLog?: boolean
}

/**
 * Makes any store answer late, fail, or both: for tests of what a broken medium does to whoever uses it.
 *
 * @example
 * ```ts
 * let commits = 0
 * const store = createFaultyRunStore(createMemoryRunStore(), {
 *   before(method) {
 *     if (method === 'commit' && ++commits === 2) throw new Error('disk full')
 *   },
 * })
 * ```
 */
export function createFaultyRunStore(store: RunStore, faults: RunStoreFaults = {}): RunStore {
  async function disturbed<T>(
    method: Exclude<keyof RunStore, 'hasEventLog'>,
    work: () => Awaitable<T>,
    commit?: RunCommit,
  ): Promise<T> {
    await faults.before?.(method, commit)
    const result = await work()
    await faults.after?.(method, commit)
    return result
  }
  return {
    hasEventLog: faults.hasEventLog ?? store.hasEventLog,
    commit: (commit) => disturbed('commit', () => store.commit(commit), commit),
    load: (key) => disturbed('load', () => store.load(key)),
    head: (key) => disturbed('head', () => store.head(key)),
    list: (query) => disturbed('list', () => store.list(query)),
    overdue: (query) => disturbed('overdue', () => store.overdue(query)),
    read: (key, fromSeq, limit) => disturbed('read', () => store.read(key, fromSeq, limit)),
    claim: (key, terms) => disturbed('claim', () => store.claim(key, terms)),
    renew: (key, token, expiresAt) => disturbed('renew', () => store.renew(key, token, expiresAt)),
    release: (key, token) => disturbed('release', () => store.release(key, token)),
  }
}
