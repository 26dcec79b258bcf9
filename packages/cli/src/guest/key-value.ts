/**
 * Runs inside components: one shape over the drafts of wasi:keyvalue. The module `pf-host:keyvalue` gives the host's
 * functions to it, see build/host-modules.
 */
import { PfError } from '@pf-agents/agent-core'

/** A store of the host. Everything is synchronous; a failure is PfError PF_STORE_UNAVAILABLE. */
export interface HostBucket {
  get(key: string): Uint8Array | undefined
  /** One call to the host; in the order of `keys`. */
  getMany(keys: readonly string[]): (Uint8Array | undefined)[]
  set(key: string, value: Uint8Array): void
  /** One call to the host, which need not be atomic. */
  setMany(entries: readonly (readonly [key: string, value: Uint8Array])[]): void
  delete(key: string): void
  deleteMany(keys: readonly string[]): void
  exists(key: string): boolean
  /** Every key, in no particular order. */
  keys(): string[]
  /** Adds atomically and gives the new count. How a host stores a counter is its own affair: `get` may not read it. */
  increment(key: string, delta: number): number
  /** Begins a compare-and-set. Fails in worlds without one. */
  cas(key: string): HostCas
}

/** A compare-and-set of one key. */
export interface HostCas {
  /** The value now, which `swap` compares with. */
  current(): Uint8Array | undefined
  /** Writes where the value still is the one `current` gave. False: somebody else was first, so read again. */
  swap(value: Uint8Array): boolean
}

interface BoundBucket {
  get(key: string): Uint8Array | undefined
  set(key: string, value: Uint8Array): void
  delete(key: string): void
  exists(key: string): boolean
  listKeys(cursor: unknown): { keys: string[]; cursor?: unknown }
}

interface BoundCas {
  current(): Uint8Array | undefined
}

/** The bindings of a draft; `atomics.Cas` and `swap` are missing from drafts without compare-and-set. */
export interface KeyValueBindings {
  store: { open(name: string): BoundBucket }
  batch: {
    getMany(bucket: BoundBucket, keys: string[]): ([string, Uint8Array | undefined] | undefined)[]
    setMany(bucket: BoundBucket, entries: [string, Uint8Array][]): void
    deleteMany(bucket: BoundBucket, keys: string[]): void
  }
  atomics: {
    increment(bucket: BoundBucket, key: string, delta: bigint): bigint
    Cas?: { new: (bucket: BoundBucket, key: string) => BoundCas }
    swap?: (cas: BoundCas, value: Uint8Array) => void
  }
}

/** What the bindings throw: the WIT error, wrapped. */
interface BindingError {
  payload?: { tag?: string; val?: unknown }
  message?: string
}

const reasons: Readonly<Record<string, string>> = {
  'access-denied': "the host does not grant it. Name it in needs.keyValue and among the host's stores",
  'no-such-store': 'the host has no store of this name',
}

/** Makes the `openBucket` of a world. */
export function bucketOpener({ store, batch, atomics }: KeyValueBindings, world: string): (name: string) => HostBucket {
  return (name) => {
    const attempt = <T>(work: () => T): T => {
      try {
        return work()
      } catch (error) {
        throw failure(name, error as BindingError)
      }
    }
    const bucket = attempt(() => store.open(name))
    return {
      get: (key) => attempt(() => bucket.get(key)),
      getMany(keys) {
        if (keys.length === 0) return []
        // One draft gives an entry for every key, the other none for absent ones: match by key.
        const found = new Map(attempt(() => batch.getMany(bucket, [...keys])).filter((entry) => entry !== undefined))
        return keys.map((key) => found.get(key))
      },
      set: (key, value) => attempt(() => bucket.set(key, value)),
      setMany: (entries) => {
        if (entries.length > 0)
          attempt(() =>
            batch.setMany(
              bucket,
              entries.map(([key, value]) => [key, value]),
            ),
          )
      },
      delete: (key) => attempt(() => bucket.delete(key)),
      deleteMany: (keys) => {
        if (keys.length > 0) attempt(() => batch.deleteMany(bucket, [...keys]))
      },
      exists: (key) => attempt(() => bucket.exists(key)),
      keys: () => attempt(() => allKeys(bucket)),
      increment: (key, delta) => Number(attempt(() => atomics.increment(bucket, key, BigInt(delta)))),
      cas: (key) => {
        const { Cas, swap } = atomics
        if (Cas === undefined || swap === undefined) throw noCompareAndSet(name, world)
        return compareAndSet(() => attempt(() => Cas.new(bucket, key)), swap, attempt, name)
      },
    }
  }
}

/** Spin gives every key at once and no cursor, others page. */
function allKeys(bucket: BoundBucket): string[] {
  const all: string[] = []
  let cursor: unknown
  do {
    const page = bucket.listKeys(cursor)
    for (const key of page.keys) all.push(key)
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
  return all
}

function compareAndSet(
  open: () => BoundCas,
  swap: (cas: BoundCas, value: Uint8Array) => void,
  attempt: <T>(work: () => T) => T,
  name: string,
): HostCas {
  let handle: BoundCas | undefined = open()
  const opened = (): BoundCas => (handle ??= open())
  return {
    current: () => attempt(() => opened().current()),
    swap(value) {
      const used = opened()
      // A swap takes the handle, whatever comes of it.
      handle = undefined
      try {
        swap(used, value)
        return true
      } catch (error) {
        const { payload, message } = error as BindingError
        if (payload?.tag === 'cas-failed') {
          handle = payload.val as BoundCas
          return false
        }
        const inner =
          payload?.tag === 'store-error'
            ? { payload: payload.val as { tag?: string }, ...(message === undefined ? {} : { message }) }
            : error
        throw failure(name, inner as BindingError)
      }
    },
  }
}

function failure(name: string, error: BindingError): PfError {
  if (PfError.is(error)) return error
  const { tag, val } = error.payload ?? {}
  const reason = reasons[tag ?? ''] ?? (typeof val === 'string' ? val : (error.message ?? 'the host gave no reason'))
  return new PfError('PF_STORE_UNAVAILABLE', `The key-value store "${name}" can not be used: ${reason}.`, {
    cause: error,
    retryable: tag === 'other',
  })
}

// A lock made of `increment` would be held for ever by a guest that dies holding it, so none is made.
function noCompareAndSet(name: string, world: string): PfError {
  return new PfError(
    'PF_STORE_UNAVAILABLE',
    `The key-value store "${name}" can not be written safely: the world ${world} has no compare-and-set, so two requests could overwrite each other. Build with --world spin.`,
  )
}
