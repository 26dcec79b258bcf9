/** What a {@link LinkedList} strings together; the fields are the list's. */
export interface LinkedNode<T> {
  previous?: T | undefined
  next?: T | undefined
}

/**
 * A doubly linked list through its own members: O(1) to add, to take out and to find the oldest.
 * A `Map` in insertion order would do the same slower: finding its first key steps over every hole that deletions left.
 */
export class LinkedList<T extends LinkedNode<T>> {
  /** The member that was added first. */
  first: T | undefined
  private last: T | undefined
  size = 0

  /** Adds a member of no list at the end. */
  add(node: T): void {
    node.previous = this.last
    node.next = undefined
    if (this.last === undefined) this.first = node
    else this.last.next = node
    this.last = node
    this.size++
  }

  /** Takes a member of this list out. */
  remove(node: T): void {
    if (node.previous === undefined) this.first = node.next
    else node.previous.next = node.next
    if (node.next === undefined) this.last = node.previous
    else node.next.previous = node.previous
    node.previous = undefined
    node.next = undefined
    this.size--
  }

  /** Makes a member of this list the newest. */
  touch(node: T): void {
    if (this.last === node) return
    this.remove(node)
    this.add(node)
  }
}
