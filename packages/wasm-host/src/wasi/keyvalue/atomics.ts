import { type Bucket, checkEntry, guarded, type KvError } from './bucket'
import { isLease } from './kv-store'

/** `atomics.cas`: remembers the value seen by the last `current` (or at its creation) and swaps only from that. */
export class Cas {
  readonly #bucket: Bucket
  readonly #key: string
  #seen: Uint8Array | undefined

  constructor(bucket: Bucket, key: string) {
    this.#bucket = bucket
    this.#key = key
    this.#seen = bucket.get(key)
  }

  static new(bucket: Bucket, key: string): Cas {
    checkEntry(key)
    return new Cas(bucket, key)
  }

  current(): Uint8Array | undefined {
    this.#seen = this.#bucket.get(this.#key)
    return this.#seen
  }

  /** Consumes the handle; a lost race throws `cas-failed` with a fresh one. */
  static swap(cas: Cas, value: Uint8Array): void {
    const { access, name } = cas.#bucket
    try {
      checkEntry(cas.#key, value)
      // A lease that was nobody's goes with the instance: whoever begins anew finds nothing of it.
      if (cas.#seen !== undefined || !isLease(cas.#key)) access.effect()
      if (guarded(() => access.store.compareAndSet(name, cas.#key, cas.#seen, value, access.owner()))) return
    } catch (error) {
      throw { tag: 'store-error', val: error as KvError }
    }
    throw { tag: 'cas-failed', val: new Cas(cas.#bucket, cas.#key) }
  }
}

const I64_MAX = 2n ** 63n - 1n
const U64_MAX = 2n ** 64n - 1n

/** How a counter is stored: draft2 as Spin does (8 bytes, little endian, signed), draft as wasmtime does (decimal text). */
export interface CounterFormat {
  read(value: Uint8Array): bigint
  write(count: bigint): Uint8Array
  max: bigint
}

export const signedCounter: CounterFormat = {
  read(value) {
    if (value.byteLength !== 8)
      throw { tag: 'other', val: 'the value is not a counter (8 bytes expected)' } satisfies KvError
    return new DataView(value.buffer, value.byteOffset, 8).getBigInt64(0, true)
  },
  write(count) {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigInt64(0, count, true)
    return bytes
  },
  max: I64_MAX,
}

export const decimalCounter: CounterFormat = {
  read(value) {
    const text = new TextDecoder().decode(value)
    if (!/^\d{1,20}$/.test(text))
      throw { tag: 'other', val: 'the value is not a counter (decimal digits expected)' } satisfies KvError
    return BigInt(text)
  },
  write: (count) => new TextEncoder().encode(String(count)),
  max: U64_MAX,
}

/** `atomics.increment`: one transaction; an absent entry counts as 0. */
export function increment(bucket: Bucket, key: string, delta: bigint, format: CounterFormat): bigint {
  checkEntry(key)
  const { access, name } = bucket
  access.effect()
  return guarded(() =>
    access.store.transaction(() => {
      const value = access.store.get(name, key)
      const next = (value ? format.read(value) : 0n) + delta
      if (next > format.max || next < -I64_MAX - 1n)
        throw { tag: 'other', val: 'the counter overflows' } satisfies KvError
      access.store.set(name, key, format.write(next), access.owner())
      return next
    }),
  )
}
