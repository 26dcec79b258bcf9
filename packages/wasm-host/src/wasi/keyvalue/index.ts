import { Bucket, checkEntry, guarded, type KvAccess } from './bucket'
import { Cas, decimalCounter, increment, signedCounter } from './atomics'

/** Which draft of wasi:keyvalue a component was built for: Spin's `draft2` or wasmtime's `draft`. */
export type KeyValueDraft = 'draft2' | 'draft'

/** `wasi:keyvalue`: the stores an app declares; any other name is `access-denied`, as on Spin. */
export function keyvalue(access: KvAccess | undefined, stores: ReadonlySet<string>, draft: KeyValueDraft) {
  const counter = draft === 'draft2' ? signedCounter : decimalCounter
  return {
    'wasi:keyvalue/store': {
      Bucket,
      open: (name: string) => {
        if (!access || !stores.has(name)) throw { tag: 'access-denied' }
        return new Bucket(access, name, draft === 'draft')
      },
    },
    'wasi:keyvalue/atomics': {
      Cas,
      increment: (bucket: Bucket, key: string, delta: bigint) => increment(bucket, key, delta, counter),
      swap: (cas: Cas, value: Uint8Array) => Cas.swap(cas, value),
    },
    'wasi:keyvalue/batch': {
      getMany: (bucket: Bucket, keys: string[]) =>
        keys.map((key) => {
          const value = bucket.get(key)
          return draft === 'draft' && value === undefined ? undefined : [key, value]
        }),
      setMany: (bucket: Bucket, entries: [string, Uint8Array][]) => {
        for (const [key, value] of entries) checkEntry(key, value)
        bucket.access.effect()
        guarded(() =>
          bucket.access.store.transaction(() =>
            entries.forEach(([key, value]) => bucket.access.store.set(bucket.name, key, value, bucket.access.owner())),
          ),
        )
      },
      deleteMany: (bucket: Bucket, keys: string[]) => {
        bucket.access.effect()
        guarded(() =>
          bucket.access.store.transaction(() => keys.forEach((key) => bucket.access.store.delete(bucket.name, key))),
        )
      },
    },
  }
}
