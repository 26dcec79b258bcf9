/** A store of the host, as `pf-host:keyvalue` gives it in every world. Synchronous; failures are PF_STORE_UNAVAILABLE. */
export interface HostBucket {
  get(key: string): Uint8Array | undefined
  /** In the order of `keys`. */
  getMany(keys: readonly string[]): (Uint8Array | undefined)[]
  set(key: string, value: Uint8Array): void
  delete(key: string): void
  deleteMany(keys: readonly string[]): void
  exists(key: string): boolean
  /** Every key, in no particular order. */
  keys(): string[]
  /** Adds atomically and gives the new count. */
  increment(key: string, delta: number): number
  /** Begins a compare-and-set of one key. */
  cas(key: string): HostCas
}

/** A compare-and-set of one key. */
export interface HostCas {
  /** The value now, which `swap` compares with. */
  current(): Uint8Array | undefined
  /** Writes where the value still is the one `current` gave. False: somebody else was first, so read again. */
  swap(value: Uint8Array): boolean
}

/** Opens the bucket when it is first used: while a component is built there is no host to ask. */
export type BucketSource = () => HostBucket

/** Opens once. */
export function openOnce(open: () => HostBucket): BucketSource {
  let bucket: HostBucket | undefined
  return () => (bucket ??= open())
}
