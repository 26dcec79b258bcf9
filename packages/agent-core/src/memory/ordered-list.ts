const chunkSize = 512

/**
 * A sorted list in chunks: adding, removing and finding a place take O(log n) comparisons and one short move,
 * and appending at the end, which is where new tasks go, next to nothing.
 */
export class OrderedList<T> {
  private readonly chunks: T[][] = []
  private readonly compare: (a: T, b: T) => number
  size = 0

  /** Items for which `compare` gives 0 are the same item. */
  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare
  }

  add(item: T): void {
    this.size++
    const tail = this.chunks.at(-1)
    if (tail === undefined || this.compare(tail[tail.length - 1] as T, item) < 0) {
      if (tail === undefined || tail.length >= chunkSize) this.chunks.push([item])
      else tail.push(item)
      return
    }
    const at = this.chunkOf((other) => this.compare(other, item) < 0)
    const chunk = this.chunks[at] as T[]
    chunk.splice(
      partition(chunk, (other) => this.compare(other, item) < 0),
      0,
      item,
    )
    if (chunk.length > chunkSize) this.chunks.splice(at + 1, 0, chunk.splice(chunkSize >> 1))
  }

  /** Removes the item; false where it was not in the list. */
  remove(item: T): boolean {
    const at = this.chunkOf((other) => this.compare(other, item) < 0)
    const chunk = this.chunks[at]
    if (chunk === undefined) return false
    const index = partition(chunk, (other) => this.compare(other, item) < 0)
    if (index >= chunk.length || this.compare(chunk[index] as T, item) !== 0) return false
    if (index === 0) chunk.shift()
    else chunk.splice(index, 1)
    if (chunk.length === 0) this.chunks.splice(at, 1)
    this.size--
    return true
  }

  /** How many items come before a place: `before` holds for the first items and for no later one. */
  countBefore(before: (item: T) => boolean): number {
    const at = this.chunkOf(before)
    let count = 0
    for (let index = 0; index < at; index++) count += (this.chunks[index] as T[]).length
    const chunk = this.chunks[at]
    return chunk === undefined ? count : count + partition(chunk, before)
  }

  /** Visits items downwards from a place (the item at `place - 1` first) until `visit` gives false. */
  down(place: number, visit: (item: T) => boolean): void {
    let rest = this.size - place
    for (let at = this.chunks.length - 1; at >= 0; at--) {
      const chunk = this.chunks[at] as T[]
      if (rest >= chunk.length) {
        rest -= chunk.length
        continue
      }
      for (let index = chunk.length - 1 - rest; index >= 0; index--) if (!visit(chunk[index] as T)) return
      rest = 0
    }
  }

  /** Visits items upwards from a place until `visit` gives false. */
  up(place: number, visit: (item: T) => boolean): void {
    let rest = place
    for (const chunk of this.chunks) {
      if (rest >= chunk.length) {
        rest -= chunk.length
        continue
      }
      for (let index = rest; index < chunk.length; index++) if (!visit(chunk[index] as T)) return
      rest = 0
    }
  }

  /** The first chunk whose last item is not before the place. */
  private chunkOf(before: (item: T) => boolean): number {
    return partition(this.chunks, (chunk) => before(chunk[chunk.length - 1] as T))
  }
}

/** Index of the first item for which `before` does not hold. */
function partition<T>(items: readonly T[], before: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (before(items[middle] as T)) low = middle + 1
    else high = middle
  }
  return low
}
