import type { HostBucket } from '../src/host-bucket'

/** What happens between two calls to the host: other instances work. */
export type Between = () => void

/** A bucket in memory with the host's compare-and-set, shared by several views. */
export function createMemoryBucket(between: Between = () => {}): HostBucket & { readonly size: number } {
  const values = new Map<string, Uint8Array>()
  const counters = new Map<string, number>()
  const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => a === b
  return {
    get size() {
      return values.size
    },
    get: (key) => (between(), values.get(key)?.slice()),
    getMany: (keys) => (between(), keys.map((key) => values.get(key)?.slice())),
    set: (key, value) => (between(), void values.set(key, value.slice())),
    delete: (key) => (between(), void values.delete(key)),
    deleteMany: (keys) => (between(), keys.forEach((key) => values.delete(key))),
    exists: (key) => (between(), values.has(key)),
    keys: () => (between(), [...values.keys()].reverse()),
    increment(key, delta) {
      between()
      const count = (counters.get(key) ?? 0) + delta
      counters.set(key, count)
      return count
    },
    cas(key) {
      between()
      let seen = values.get(key)
      return {
        current: () => (between(), (seen = values.get(key))?.slice()),
        swap(value) {
          between()
          if (!same(values.get(key), seen)) {
            seen = values.get(key)
            return false
          }
          values.set(key, value.slice())
          return true
        },
      }
    },
  }
}
