import type { JsonValue } from '../model/json'
import { port } from './port'
import type { Awaitable } from './run-store'

/** A stored value with what `compareAndSet` compares. */
export interface KeyValueEntry {
  value: JsonValue
  /** Changes with every write. Opaque. */
  revision: string
}

/** Small JSON values by key. Every driver passes the same published suite. */
export interface KeyValue {
  get(key: string): Awaitable<KeyValueEntry | undefined>
  set(key: string, value: JsonValue): Awaitable<void>
  delete(key: string): Awaitable<void>
  /**
   * Writes only where the revision still is the one read (`undefined`: where the key does not exist).
   * True where it was written.
   */
  compareAndSet(key: string, revision: string | undefined, value: JsonValue): Awaitable<boolean>
  /** Keys with this prefix in ascending order of their UTF-8 bytes, at most `limit` (default 1,000), behind `after` if given. */
  keys(prefix: string, options?: { limit?: number; after?: string }): Awaitable<string[]>
}

/** Port of the key-value store. Bound to a bounded memory driver where no storage feature is installed. */
export const keyValuePort = port<KeyValue>('pf.key-value')
