import { trap } from './codec'

/** More handles than this at once are a guest out of order: each holds an object of the host. */
const MAX_HANDLES = 100_000

/** The resources an instance holds, by the numbers it knows them by. */
export class HandleTable {
  #entries: ({ resource: string; value: object } | undefined)[] = [undefined]
  #free: number[] = []

  add(resource: string, value: object): number {
    const entry = { resource, value }
    const free = this.#free.pop()
    if (free !== undefined) {
      this.#entries[free] = entry
      return free
    }
    if (this.#entries.length > MAX_HANDLES) trap('the guest holds too many resources')
    return this.#entries.push(entry) - 1
  }

  get(resource: string, handle: number): object {
    const entry = this.#entries[handle]
    if (entry?.resource !== resource) trap(`handle ${handle} is no ${resource}`)
    return entry.value
  }

  /** Takes a handle away from the guest. */
  remove(resource: string, handle: number): object {
    const value = this.get(resource, handle)
    this.#entries[handle] = undefined
    this.#free.push(handle)
    return value
  }

  /** `resource.drop`. */
  drop(resource: string, handle: number): void {
    const value = this.remove(resource, handle) as Partial<Disposable>
    value[Symbol.dispose]?.()
  }

  /** Forgets everything, for the next instance. */
  clear(): void {
    this.#entries = [undefined]
    this.#free = []
  }
}
