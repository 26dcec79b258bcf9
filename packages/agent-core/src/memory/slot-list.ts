/**
 * A doubly linked list of numbers from 0 up, from the one added first to the one added last. The links are two columns of
 * integers: what is kept in slots needs no object of its own, and the garbage collector has nothing to follow.
 */
export class SlotList {
  /** The slot that was added first; -1 where there is none. */
  first = -1
  size = 0
  private last = -1
  private previous = new Int32Array(64)
  private next = new Int32Array(64)

  /** Adds a slot that is not in the list at the end. */
  add(slot: number): void {
    if (slot >= this.next.length) this.grow(slot)
    this.previous[slot] = this.last
    this.next[slot] = -1
    if (this.last < 0) this.first = slot
    else this.next[this.last] = slot
    this.last = slot
    this.size++
  }

  /** Takes a slot of this list out. */
  remove(slot: number): void {
    const before = this.previous[slot] as number
    const after = this.next[slot] as number
    if (before < 0) this.first = after
    else this.next[before] = after
    if (after < 0) this.last = before
    else this.previous[after] = before
    this.size--
  }

  /** Makes a slot of this list the newest. */
  touch(slot: number): void {
    if (this.last === slot) return
    this.remove(slot)
    this.add(slot)
  }

  private grow(slot: number): void {
    const length = Math.max(slot + 1, this.next.length * 2)
    this.previous = grown(this.previous, length)
    this.next = grown(this.next, length)
  }
}

function grown(column: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(length)
  wider.set(column)
  return wider
}
