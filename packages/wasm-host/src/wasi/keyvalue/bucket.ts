import type { KvStore } from './kv-store'

/** Errors of `wasi:keyvalue`, as the bindings take them. */
export type KvError = { tag: 'no-such-store' } | { tag: 'access-denied' } | { tag: 'other'; val: string }

const LIMITS = { keyBytes: 1024, valueBytes: 16 * 1024 * 1024, page: 1000 } as const

/** Runs a store operation; SQLite's own failures become the `other` error of the guest. */
export function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Error)
      throw { tag: 'other', val: `the key-value store failed: ${error.message}` } satisfies KvError
    throw error
  }
}

export function checkEntry(key: string, value?: Uint8Array): void {
  if (key.length === 0) throw { tag: 'other', val: 'a key must not be empty' } satisfies KvError
  if (Buffer.byteLength(key) > LIMITS.keyBytes)
    throw { tag: 'other', val: `a key holds at most ${LIMITS.keyBytes} bytes` } satisfies KvError
  if (value && value.byteLength > LIMITS.valueBytes)
    throw { tag: 'other', val: `a value holds at most ${LIMITS.valueBytes} bytes` } satisfies KvError
}

/** What the key-value interfaces need of an instance. */
export interface KvAccess {
  store: KvStore
  /** The instance, as the owner of leases. */
  owner(): string
  /** Told before anything is written. */
  effect(): void
}

/** `wasi:keyvalue/store.bucket`; drafts differ in the cursor's type only. */
export class Bucket {
  readonly access: KvAccess
  readonly name: string
  readonly #numericCursor: boolean

  constructor(access: KvAccess, name: string, numericCursor: boolean) {
    this.access = access
    this.name = name
    this.#numericCursor = numericCursor
  }

  get(key: string): Uint8Array | undefined {
    return guarded(() => this.access.store.get(this.name, key))
  }

  set(key: string, value: Uint8Array): void {
    checkEntry(key, value)
    this.access.effect()
    guarded(() => this.access.store.set(this.name, key, value, this.access.owner()))
  }

  delete(key: string): void {
    this.access.effect()
    guarded(() => this.access.store.delete(this.name, key))
  }

  exists(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** Pages of keys; the cursor is the last key (draft2) or a count of keys already seen (draft). */
  listKeys(cursor: string | bigint | undefined): { keys: string[]; cursor: string | bigint | undefined } {
    return guarded(() => {
      if (!this.#numericCursor) {
        const keys = this.access.store.keys(this.name, cursor as string | undefined, LIMITS.page)
        return { keys, cursor: keys.length === LIMITS.page ? keys.at(-1) : undefined }
      }
      const seen = Number(cursor ?? 0n)
      const keys = this.access.store.keys(this.name, undefined, seen + LIMITS.page).slice(seen)
      return { keys, cursor: keys.length === LIMITS.page ? BigInt(seen + keys.length) : undefined }
    })
  }
}
