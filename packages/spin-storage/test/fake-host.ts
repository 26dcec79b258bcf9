import type { HostBucket } from '../src/host-bucket'

interface Entry {
  value: Uint8Array
  /** The instance that wrote it last. */
  owner: string
}

/** What a test may do to the calls of one instance. */
export interface InstanceOptions {
  /** Called before each call to the host, with its number, from 1. May throw: then the instance is dead. */
  before?: (call: number) => void
}

/** A host whose store is shared by instances, with the compare-and-set of `wasi:keyvalue`, and with its weaknesses on demand. */
export class FakeHost {
  readonly entries = new Map<string, Entry>()
  /** As the Redis store of Spin: a swap that lost its race writes nothing, and says that it did. */
  hidesLostSwaps = false
  /** Handles for compare-and-set that one instance may have, as Spin counts them. */
  handles = 256
  /** What clocks of tests may go by. */
  time = 0
  private readonly handlesOf = new Map<string, number>()

  /** The store as one instance sees it. */
  instance(owner: string, { before = () => {} }: InstanceOptions = {}): HostBucket {
    let calls = 0
    let isDead = false
    const call = <T>(work: () => T): T => {
      if (isDead) throw new Error('a dead instance called the host')
      try {
        before(++calls)
      } catch (error) {
        isDead = true
        throw error
      }
      return work()
    }
    const get = (key: string): Uint8Array | undefined => this.entries.get(key)?.value.slice()
    const set = (key: string, value: Uint8Array): void => void this.entries.set(key, { value: value.slice(), owner })
    return {
      get: (key) => call(() => get(key)),
      getMany: (keys) => call(() => keys.map(get)),
      set: (key, value) => call(() => set(key, value)),
      delete: (key) => call(() => void this.entries.delete(key)),
      deleteMany: (keys) => call(() => keys.forEach((key) => this.entries.delete(key))),
      exists: (key) => call(() => this.entries.has(key)),
      keys: () => call(() => [...this.entries.keys()].toReversed()),
      increment: () => {
        throw new Error('not used')
      },
      cas: (key) => {
        let seen: Entry | undefined
        const open = (): void => {
          const count = (this.handlesOf.get(owner) ?? 0) + 1
          if (count > this.handles) throw new Error('too many compare_and_swaps opened')
          this.handlesOf.set(owner, count)
          // As some hosts do, it takes nothing for the value until it is asked for it.
          seen = undefined
        }
        call(open)
        return {
          current: () =>
            call(() => {
              seen = this.entries.get(key)
              return seen?.value.slice()
            }),
          swap: (value) =>
            call(() => {
              const isFirst = this.entries.get(key) === seen
              if (isFirst) set(key, value)
              open()
              return isFirst || this.hidesLostSwaps
            }),
        }
      },
    }
  }

  /** What the embedded host does when an instance dies: its leases go. */
  bury(owner: string): void {
    for (const [key, entry] of this.entries)
      if (key.startsWith('lease/') && entry.owner === owner) this.entries.delete(key)
  }

  keys(prefix: string): string[] {
    return [...this.entries.keys()].filter((key) => key.startsWith(prefix))
  }

  text(key: string): string {
    const entry = this.entries.get(key)
    return entry === undefined ? '' : new TextDecoder().decode(entry.value)
  }
}
